package assets

import _ "embed" // for the icons below

// Icons of the desktop app. Icon is a 512 pixel PNG of connect/icon.svg, the icon of the connect
// page, drawn by a browser with an empty border of 16 pixels: the window and the page are one
// product. The others are SVG, in which Fyne knows no gradient in a themed icon and no mask.
var (
	//go:embed icon.png
	Icon []byte
	//go:embed phone.svg
	PhoneIcon []byte
	//go:embed offline.svg
	OfflineIcon []byte
)
