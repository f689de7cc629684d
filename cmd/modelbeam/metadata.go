package main

import (
	"fyne.io/fyne/v2"

	"modelbeam/app"
	"modelbeam/assets"
)

// What FyneApp.toml says too: a plain go build does not read that file.
const (
	appName  = "Modelbeam"
	appBuild = 1
)

func metadata() fyne.AppMetadata {
	return fyne.AppMetadata{
		ID: app.ID, Name: appName, Version: app.Version, Build: appBuild,
		Icon:       fyne.NewStaticResource("icon.png", assets.Icon),
		Migrations: map[string]bool{"fyneDo": true},
	}
}
