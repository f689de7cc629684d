package assets

import _ "embed" // for the icons below

// Icons of the tray, drawn by .ci/icons from the SVG files of the same names, which are the beam of Icon in
// plain shapes: PNG for Linux, ICO for Windows, and the Template pair for macOS, black on nothing, which
// colours it to suit the menu bar.
var (
	//go:embed tray.png
	TrayPNG []byte
	//go:embed tray-paused.png
	TrayPausedPNG []byte
	//go:embed tray.ico
	TrayICO []byte
	//go:embed tray-paused.ico
	TrayPausedICO []byte
	//go:embed tray-template.png
	TrayTemplatePNG []byte
	//go:embed tray-template-paused.png
	TrayTemplatePausedPNG []byte
)
