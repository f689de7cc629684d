package e2e

import (
	"image/color"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/await"
)

// TestPackageWindowsTray runs the service on a Windows with a screen: its icon is in the notification area, and gone
// when the service was stopped. Wine shows that area as a window of its own where no panel is.
func TestPackageWindowsTray(t *testing.T) {
	portable := packageFile(t, "*-windows-x64-portable.zip")
	w := startWindows(t, thisMachine)
	w.screen = startDisplay(t)
	folder := w.unpack(t, portable)
	start(t, "beam.exe", w.command(folder+`\beam.exe`, "service", "--demo=on", "--no-scan", "--no-mdns", "--listen=127.0.0.1:0"))
	await.True(t, "the icon is in the notification area", func() bool { return w.showsIcon(t) })
	w.run(t, folder+`\beam.exe`, "stop")
	w.awaitRunning(t, "beam.exe", 0)
	await.True(t, "the icon is gone", func() bool { return !w.showsIcon(t) })
	if left, _ := filepath.Glob(w.path(`C:\users\` + windowsUser + `\Temp\*beam*`)); len(left) > 0 {
		t.Errorf("the tray has left %q", left)
	}
}

// showsIcon reports whether the green of our icon is in the notification area.
func (w *windowsPC) showsIcon(t *testing.T) bool {
	t.Helper()
	id, _ := w.screen.on(exec.Command(tool(t, "xdotool"), "search", "--onlyvisible", "--name", "Wine System Tray")).Output()
	if strings.TrimSpace(string(id)) == "" { // it fails until there is an icon
		return false
	}
	picture := w.screen.screenshot(t)
	green, size := 0, picture.Bounds()
	for y := size.Min.Y; y < size.Max.Y; y++ {
		for x := size.Min.X; x < size.Max.X; x++ {
			if color.RGBAModel.Convert(picture.At(x, y)) == (color.RGBA{0x0A, 0x7A, 0x60, 0xff}) {
				green++
			}
		}
	}
	return green > 50 // of at least 256 pixels
}
