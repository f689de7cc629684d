package e2e

import (
	"bufio"
	"bytes"
	"image"
	"image/png"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	qr "github.com/skip2/go-qrcode"

	"modelbeam/cmd/e2e/await"
)

// display is an X server with a screen that nobody sees, and a window manager.
type display struct{ name string }

// starting is held while an Xvfb looks for a number that is free: two that look at once may take the same.
var starting sync.Mutex

// startDisplay starts an Xvfb at a display number that is free, with more arguments for it.
func startDisplay(t *testing.T, args ...string) *display {
	t.Helper()
	d := &display{":" + startXvfb(t, args)}
	start(t, "openbox", d.on(exec.Command(tool(t, "openbox"))))
	return d
}

// startXvfb starts the server and returns its number. It does not begin anew when its last client leaves, as one that
// takes a picture before the window manager is there: that would throw out who is just connecting. And no key is repeated
// that is held down: on a busy machine any may be.
func startXvfb(t *testing.T, args []string) (number string) {
	t.Helper()
	starting.Lock()
	defer starting.Unlock()
	told, tell, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer told.Close()
	args = append([]string{"-displayfd", "3", "-noreset", "-r", "-screen", "0", "1100x800x24", "-nolisten", "tcp"}, args...)
	cmd := exec.Command(tool(t, "Xvfb"), args...)
	cmd.ExtraFiles = []*os.File{tell} // the first of them is file descriptor 3
	start(t, "Xvfb", cmd)
	tell.Close()
	line, err := bufio.NewReader(told).ReadString('\n')
	if err != nil {
		t.Fatalf("start Xvfb: %v", err)
	}
	return strings.TrimSpace(line)
}

// on makes cmd open its windows here. What the machine's real desktop would tell it is taken
// away: its Wayland, its message bus, its language.
func (d *display) on(cmd *exec.Cmd) *exec.Cmd {
	cmd.Env = append(cmd.Environ(), "DISPLAY="+d.name, "WAYLAND_DISPLAY=", "XDG_SESSION_TYPE=x11",
		"DBUS_SESSION_BUS_ADDRESS=unix:path=/nonexistent", "LC_ALL=C.UTF-8", "LANG=en_US.UTF-8", "LANGUAGE=")
	return cmd
}

// screenshot is what is on the screen now.
func (d *display) screenshot(t *testing.T) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(d.capture(t, "root")))
	if err != nil {
		t.Fatalf("read the screenshot: %v", err)
	}
	return img
}

// capture is what a window, or "root" for the whole screen, shows now, as PNG.
func (d *display) capture(t *testing.T, window string) []byte {
	t.Helper()
	out, err := d.on(exec.Command(tool(t, "import"), "-window", window, "png:-")).Output()
	if err != nil {
		t.Fatalf("take a screenshot: %v", err)
	}
	return out
}

// click presses the mouse somewhere on the screen.
func (d *display) click(t *testing.T, at image.Point) {
	t.Helper()
	cmd := d.on(exec.Command(tool(t, "xdotool"), "mousemove", strconv.Itoa(at.X), strconv.Itoa(at.Y), "sleep", "0.2", "click", "1"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("click at %v: %v\n%s", at, err, out)
	}
}

// awaitQR looks at the screen as a phone's camera does until it sees a QR code, and returns
// what it says.
func (d *display) awaitQR(t *testing.T) string {
	t.Helper()
	return d.awaitQRWith(t, "")
}

// awaitQRWith is awaitQR for a code that has to say something.
func (d *display) awaitQRWith(t *testing.T, part string) string {
	t.Helper()
	var text string
	await.True(t, "a QR code with "+part+" is on the screen", func() bool {
		text = readQR(d.screenshot(t))
		return text != "" && strings.Contains(text, part)
	})
	return text
}

// awaitNoQR waits until no QR code is on the screen any more.
func (d *display) awaitNoQR(t *testing.T) {
	t.Helper()
	await.True(t, "the QR code is gone from the screen", func() bool { return readQR(d.screenshot(t)) == "" })
}

// readQR returns the text of the QR code in a picture, or nothing when there is none. Of some hundred codes the
// decoder cannot read one as it stands, however often it looks, and can when that is upside down: then it finds
// the corners in another order. A phone's camera shakes.
func readQR(img image.Image) string {
	if text := decodeQR(img); text != "" {
		return text
	}
	return decodeQR(upsideDown(img))
}

func decodeQR(img image.Image) string {
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		return ""
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, hints)
	if err != nil {
		return ""
	}
	return result.GetText()
}

func upsideDown(img image.Image) image.Image {
	b := img.Bounds()
	turned := image.NewRGBA(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			turned.Set(b.Max.X-1-(x-b.Min.X), b.Max.Y-1-(y-b.Min.Y), img.At(x, y))
		}
	}
	return turned
}

// TestCodesAreRead holds that whatever code a window shows, the tests can read it.
func TestCodesAreRead(t *testing.T) {
	for _, code := range []string{"105:8717/#c=CPCF-NV6S", "145:8717/#c=NC0W-QB0P", "147:8717/#c=SNY9-2T76", "125:8717/#c=8GZD-F2G3"} {
		url := "http://10.0.0." + code // not read as it stands, where it was seen
		drawn, err := qr.New(url, qr.Medium)
		if err != nil {
			t.Fatal(err)
		}
		if got := readQR(drawn.Image(200)); got != url {
			t.Errorf("%q is read as %q", url, got)
		}
	}
}
