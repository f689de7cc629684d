package words

// StaysInTray says where Modelbeam is when its window is closed.
func StaysInTray() string { return L("Modelbeam stays in the menu bar.") }
