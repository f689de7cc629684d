package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"modelbeam/assets"
)

// The phone and offline icons take a theme colour; the tray icons carry their own, because a
// panel may be dark under a light theme.
var (
	AppIcon     = fyne.NewStaticResource("icon.png", assets.Icon)
	PhoneIcon   = theme.NewThemedResource(fyne.NewStaticResource("phone.svg", assets.PhoneIcon))
	OfflineIcon = theme.NewThemedResource(fyne.NewStaticResource("offline.svg", assets.OfflineIcon))
)
