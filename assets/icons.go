package assets

import _ "embed" // for the icons below

// Icons of the desktop app. Icon is a 512 pixel PNG, drawn from icon.svg beside it; all others
// are SVG. The Template pair is black on nothing, for a system that colours the tray itself.
var (
	//go:embed icon.png
	Icon []byte
	//go:embed tray.svg
	Tray []byte
	//go:embed tray-paused.svg
	TrayPaused []byte
	//go:embed tray-template.svg
	TrayTemplate []byte
	//go:embed tray-template-paused.svg
	TrayTemplatePaused []byte
	//go:embed phone.svg
	PhoneIcon []byte
	//go:embed offline.svg
	OfflineIcon []byte
)
