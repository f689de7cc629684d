// Package widgets has the controls that Fyne does not have: a switch, a row of buttons of which one is
// pressed, and a QR code.
//
// Like all of Fyne they are for the goroutine that owns the window.
package widgets
