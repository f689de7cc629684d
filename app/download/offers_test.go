package download

import (
	"encoding/json"
	"net/url"
	"slices"
	"testing"
	"time"

	"modelbeam/assets"
)

const gib = 1 << 30

// TestOffersFit holds which models people with these computers are offered.
func TestOffersFit(t *testing.T) {
	for name, tt := range map[string]struct {
		computer Computer
		want     []string
	}{
		"an old laptop":             {Computer{Memory: 4 * gib, Free: 100 * gib}, []string{"llama3.2:1b", "moondream", "gemma3:1b"}},
		"6 GB":                      {Computer{Memory: 6 * gib, Free: 100 * gib}, []string{"gemma3:4b", "phi4-mini", "llama3.2"}},
		"8 GB, some for graphics":   {Computer{Memory: 7 * gib, Free: 100 * gib}, []string{"gemma3:4b", "llama3.1:8b", "llama3.2"}},
		"16 GB":                     {Computer{Memory: 16 * gib, Free: 100 * gib}, []string{"gemma3:4b", "gemma3:12b", "llama3.2"}},
		"16 GB with a small disk":   {Computer{Memory: 16 * gib, Free: 6 * gib}, []string{"gemma3:4b", "mistral", "llama3.2"}},
		"64 GB":                     {Computer{Memory: 64 * gib, Free: 500 * gib}, []string{"gemma3:4b", "gemma3:27b", "llama3.2"}},
		"8 GB and a graphics card":  {Computer{Memory: 8 * gib, GPU: 12 * gib, Free: 100 * gib}, []string{"gemma3:12b", "phi4", "llama3.1:8b"}},
		"64 GB and a large card":    {Computer{Memory: 64 * gib, GPU: 24 * gib, Free: 500 * gib}, []string{"gemma3:27b", "phi4", "gemma3:12b"}},
		"nobody knows":              {Computer{Free: -1}, []string{"gemma3:4b", "llama3.1:8b", "llama3.2"}},
		"hardly any room":           {Computer{Memory: 16 * gib, Free: 3 * gib}, []string{"moondream", "gemma3:1b"}},
		"a full disk":               {Computer{Memory: 16 * gib, Free: 1 * gib}, nil},
		"less memory than any need": {Computer{Memory: 1 * gib, Free: 100 * gib}, nil},
	} {
		var got []string
		for _, m := range tt.computer.choose() {
			got = append(got, m.Name)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

// TestCatalog holds that every row of assets/models.json says what a person needs to choose.
func TestCatalog(t *testing.T) {
	var c catalog
	if err := json.Unmarshal(assets.Models, &c); err != nil {
		t.Fatal(err)
	}
	if _, err := time.Parse(time.DateOnly, c.Date); err != nil || len(c.Sources) == 0 {
		t.Errorf("it is of %q, from %q", c.Date, c.Sources)
	}
	if len(c.Models) < 8 || len(c.Models) > 16 {
		t.Errorf("there are %d models", len(c.Models))
	}
	names := make(map[string]bool)
	for _, m := range c.Models {
		page, err := url.Parse(m.Page)
		if names[m.Name] || m.Title == "" || m.Good == "" || err != nil || page.Scheme != "https" {
			t.Errorf("%+v", m)
		}
		names[m.Name] = true
		// A model lies in memory as it does on the disk, and needs room to work.
		if m.Bytes < 100e6 || int64(m.Memory)*1e9 < m.Bytes*14/10 {
			t.Errorf("%s has %d bytes and wants %d GB", m.Name, m.Bytes, m.Memory)
		}
	}
}
