// Package assets holds the files that are built into the programs: icons, translations and
// the connect page. It has no logic and imports nothing of Modelbeam.
package assets

import (
	"embed"
	"io/fs"
)

// A folder is embedded without the files whose names begin with an underscore, as some of a library's
// do: these are named.
//
//go:embed connect connect/vendor/noble/_*.js
var connect embed.FS

// Connect is the connect page as the gateway serves it: index.html and what it loads.
var Connect = must(fs.Sub(connect, "connect"))

// Translations holds one JSON file for each language, in translations/window for the
// desktop app and in translations/page for the connect page. English texts are the keys.
//
//go:embed translations
var Translations embed.FS

// Models is models.json: well-known models that a server can download, what they take and what they are good at,
// with the day and the sources of that.
//
//go:embed models.json
var Models []byte

func must(f fs.FS, err error) fs.FS {
	if err != nil {
		panic(err) // only a folder missing at build time, which go:embed already refuses
	}
	return f
}
