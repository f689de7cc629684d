package assets

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/color"
	"image/png"
	"io/fs"
	"strings"
	"testing"
)

// TestManifest holds what a browser needs to put the page on the home screen: icons that are there, in the sizes
// that are said, and those that are cut without a hole in them.
func TestManifest(t *testing.T) {
	var manifest struct {
		Name     string
		StartURL string `json:"start_url"`
		Display  string
		Icons    []struct{ Src, Type, Sizes, Purpose string }
	}
	text, err := fs.ReadFile(Connect, "app.webmanifest")
	if err != nil || json.Unmarshal(text, &manifest) != nil {
		t.Fatalf("%s, %v", text, err)
	}
	if manifest.Name != "Modelbeam" || manifest.StartURL != "/" || manifest.Display != "standalone" {
		t.Errorf("%+v", manifest)
	}
	sizes := map[string]bool{}
	for _, icon := range manifest.Icons {
		sizes[icon.Sizes+icon.Purpose] = true
		checkFile(t, icon.Src)
		if icon.Type == "image/png" {
			checkIcon(t, icon.Src, icon.Sizes, icon.Purpose == "maskable")
		}
	}
	for _, want := range []string{"192x192", "512x512", "512x512maskable"} {
		if !sizes[want] {
			t.Errorf("no icon of %s", want)
		}
	}
	checkIcon(t, "/apple-touch-icon.png", "180x180", true)
}

func checkIcon(t *testing.T, path, size string, whole bool) {
	t.Helper()
	content, err := fs.ReadFile(Connect, strings.TrimPrefix(path, "/"))
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	end := picture.Bounds().Max
	if got := fmt.Sprintf("%dx%d", end.X, end.Y); got != size {
		t.Errorf("%s is %s, want %s", path, got, size)
	}
	if _, _, _, opaque := color.RGBAModel.Convert(picture.At(0, 0)).RGBA(); (opaque == 0xffff) != whole {
		t.Errorf("%s has corners: %v, want %v", path, opaque == 0xffff, whole)
	}
}
