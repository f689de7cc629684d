package clients

import (
	"encoding/base64"
	"fmt"

	"github.com/skip2/go-qrcode"
)

// moduleSize is how many pixels a module of a drawn code has: enough for a picture that is
// saved and read again from the phone's gallery.
const moduleSize = 8

// Draw fills in Way.Picture wherever there is a Code, as a PNG in a data URL, dark on white and
// with the light border that readers need. It fails for a Code that is too long to be drawn.
func Draw(offers []Offer) error {
	for _, o := range offers {
		for i := range o.Ways {
			if o.Ways[i].Code == "" {
				continue
			}
			picture, err := draw(o.Ways[i].Code)
			if err != nil {
				return fmt.Errorf("draw code for %s: %w", o.Name, err)
			}
			o.Ways[i].Picture = picture
		}
	}
	return nil
}

func draw(text string) (string, error) {
	png, err := qrcode.Encode(text, qrcode.Low, -moduleSize)
	if err != nil {
		return "", err
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(png), nil
}
