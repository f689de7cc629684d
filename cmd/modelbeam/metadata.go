package main

import (
	"os"

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

// makeCacheFolder makes the user's folder for caches, below which Fyne makes its own: in a fresh home it is
// missing, and Fyne would have no cache.
func makeCacheFolder() {
	if dir, err := os.UserCacheDir(); err == nil {
		_ = os.MkdirAll(dir, 0o700) // without it all is slower, no more
	}
}
