package clients

import (
	"bytes"
	"encoding/base64"
	"image"
	_ "image/png" // to read the drawn codes
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"modelbeam/tunnel/catalog"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// names are what laptops may be called. Each must come out of every link as it went in.
var names = []string{
	"Anna's laptop",
	`"Quoted" \ back\\slash`,
	"a & b = c # d ? e + f % 20 %zz",
	"书房的 MacBook 💻👩‍💻",
	"</script><script>alert('x')</script>",
	"line\nfeed\tand \u2028 separator",
	"(round) [square] {curly} `tick` ${dollar}",
	strings.Repeat("Langer Name ", 20) + "Ende",
}

// awkwardKey has what base64url has, and what a percent-encoding must not touch or must.
const awkwardKey = "mb_-_AZaz09-__--+/=&#? %"

func connection(name string) Connection {
	return Connection{
		Base: "http://192.168.1.20:8717", Key: awkwardKey, Name: name, ID: "q7x-2",
		Models: []Model{
			{ID: "qwen3:8b", Context: 32768, Abilities: catalog.Abilities{Tools: true, Reasoning: true}},
			{ID: "hf.co/a/b:Q4@lmstudio", Abilities: catalog.Abilities{Vision: true}},
			{ID: "nomic-embed-text", Abilities: catalog.Abilities{Embedding: true}},
		},
	}
}

func offer(t *testing.T, c Connection, id string) Offer {
	t.Helper()
	offers := For(c)
	i := slices.IndexFunc(offers, func(o Offer) bool { return o.ID == id })
	if i < 0 {
		t.Fatalf("no offer for %s", id)
	}
	return offers[i]
}

func TestEveryOfferIsWhole(t *testing.T) {
	known := []Platform{IOS, Android, Mac, Windows, Linux, Web}
	seen := map[string]bool{}
	for _, o := range For(connection("Laptop")) {
		if o.ID == "" || seen[o.ID] || o.Name == "" || len(o.Platforms) == 0 || len(o.Ways) == 0 {
			t.Errorf("offer %+v is not whole, or its id is taken", o)
		}
		seen[o.ID] = true
		for _, p := range o.Platforms {
			if !slices.Contains(known, p) {
				t.Errorf("%s is for the unknown platform %q", o.ID, p)
			}
		}
		for _, w := range o.Ways {
			set := 0
			for _, has := range []bool{w.Link != "", w.Text != "", w.Code != "", len(w.Fields) > 0} {
				if has {
					set++
				}
			}
			if set != 1 || w.Steps == "" || w.Picture != "" {
				t.Errorf("%s: %d ways in one: %+v", o.ID, set, w)
			}
		}
	}
}

// A page puts links into href, so a link must be one that a browser takes as it is, whatever
// the laptop is called, and it must lead where the table says and nowhere else.
func TestLinksAreLinks(t *testing.T) {
	plain := regexp.MustCompile(`^(chatbox|opencat|ama|cherrystudio|deepchat|aionui|ccswitch|https)://[!-~]+$`)
	for _, name := range names {
		for _, o := range For(connection(name)) {
			for _, w := range o.Ways {
				if w.Link == "" {
					continue
				}
				if !plain.MatchString(w.Link) || strings.ContainsAny(w.Link, `"'<>\^`+"`{|}") {
					t.Errorf("%s: not a clean link: %s", o.ID, w.Link)
				}
				if u, err := url.Parse(w.Link); err != nil || u.User != nil || u.Port() != "" {
					t.Errorf("%s: %s: %v", o.ID, w.Link, err)
				}
			}
		}
	}
}

func TestFields(t *testing.T) {
	const at = "http://192.168.1.20:8717"
	c := connection("Laptop")
	for id, want := range map[string][]string{
		"pocketpal":         {at, awkwardKey},
		"offgrid":           {at, awkwardKey},
		"cherry-studio-app": {at, awkwardKey},
		"enchanted":         {at, awkwardKey},
		"conduit":           {at + "/v1", awkwardKey},
		"maid":              {at + "/v1", awkwardKey},
		"jan":               {at + "/v1", awkwardKey},
		"page-assist":       {at + "/v1", awkwardKey},
		Other:               {at + "/v1", awkwardKey},
		"reins":             {at + "/t/" + awkwardKey},
		"ollama-app":        {at + "/t/" + awkwardKey},
		"chatterui":         {at + "/v1/chat/completions", at + "/v1/models", awkwardKey},
	} {
		var got []string
		for _, f := range offer(t, c, id).Ways[0].Fields {
			got = append(got, f.Value)
			if f.Secret != (f.Label == "Key") {
				t.Errorf("%s: field %s, secret %v", id, f.Label, f.Secret)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: fields %q, want %q", id, got, want)
		}
	}
}

// A name that no link could carry does not break one, and For changes nothing of its caller's.
func TestForForgivesNames(t *testing.T) {
	for given, want := range map[string]string{"": "Modelbeam", "  ": "Modelbeam", "\xff": "Modelbeam", " a\xffb ": "ab"} {
		if got := chatboxImport(t, offer(t, connection(given), "chatbox").Ways[0].Link).Name; got != want {
			t.Errorf("%q became %q, want %q", given, got, want)
		}
	}
	first := For(connection("Laptop"))
	first[0].Platforms[0] = "changed"
	if For(connection("Laptop"))[0].Platforms[0] == "changed" {
		t.Error("an offer shares memory with the table")
	}
}

// Codes are read back from the picture, as the app's scanner or its gallery import does.
func TestDraw(t *testing.T) {
	for _, name := range []string{names[0], names[3], names[7]} {
		offers := For(connection(name))
		if err := Draw(offers); err != nil {
			t.Fatal(err)
		}
		for _, o := range offers {
			for _, w := range o.Ways {
				if w.Code == "" && w.Picture != "" {
					t.Errorf("%s: a picture of nothing", o.ID)
				} else if w.Code != "" && read(t, w.Picture) != w.Code {
					t.Errorf("%s: the picture does not hold the code of %q", o.ID, name)
				}
			}
		}
	}
	if err := Draw([]Offer{{Ways: []Way{{Code: strings.Repeat("x", 8000)}}}}); err == nil {
		t.Error("drew what no QR code can hold")
	}
}

func read(t *testing.T, picture string) string {
	t.Helper()
	data, ok := strings.CutPrefix(picture, "data:image/png;base64,")
	if !ok {
		t.Fatalf("not a PNG: %.40s", picture)
	}
	content, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		t.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	bitmap, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	// This reader's search in photos fails on some larger codes that others read.
	pure := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, pure)
	if err != nil {
		t.Fatalf("no reader finds the code: %v", err)
	}
	return result.GetText()
}
