package app

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"modelbeam/app/store"
)

// settings are what Modelbeam remembers between two starts, apart from the devices.
type settings struct {
	// ID names this installation for good, 8 hex digits: phones and clients know us by it
	// when our address or name has changed.
	ID string `json:"id"`
	// Name is this laptop as phones see it; empty: the computer's own name.
	Name string `json:"name,omitempty"`
	// Port is the gateway's last one, so that what phones saved stays true.
	Port int `json:"port,omitempty"`
	// Address is the IP address that the person chose for the QR code; empty: the best one.
	Address string `json:"address,omitempty"`
	// Origins limits which web pages may use the gateway, as https://chat.example.org or
	// https://*.example.org; empty: any page.
	Origins []string `json:"origins,omitempty"`
	// Servers are those that were added by hand.
	Servers []manualSetting `json:"servers,omitempty"`
	// ServerIDs are the IDs that servers have, by URL: clients save names such as tiny@ollama-2.
	ServerIDs map[string]string `json:"server_ids,omitempty"`
	// Order has the URLs of servers, the preferred first; the others follow as they are found.
	Order []string `json:"order,omitempty"`
	// Hidden has what phones do not see: URLs of servers, and of models as URL, space, model.
	Hidden []string `json:"hidden,omitempty"`
}

// maxServerIDs bounds what is remembered of servers that never come back.
const maxServerIDs = 100

// manualSetting is a server that was added by hand. Its key is not here but among the secrets.
type manualSetting struct {
	URL    string `json:"url"`
	HasKey bool   `json:"has_key,omitempty"`
}

var isID = regexp.MustCompile(`^[0-9a-f]{8}$`).MatchString

func (s *settings) check() error {
	if s.ID != "" && !isID(s.ID) {
		return fmt.Errorf("id %q is not 8 hex digits", s.ID)
	}
	if s.Port < 0 || s.Port > 65535 {
		return fmt.Errorf("port %d is out of range", s.Port)
	}
	for _, m := range s.Servers {
		if _, err := parseServerURL(m.URL); err != nil {
			return fmt.Errorf("server %q: %w", m.URL, err)
		}
	}
	return nil
}

func settingsPath(dir string) string { return filepath.Join(dir, "settings.json") }

// DevicesPath is where the list of devices of a state folder is.
func DevicesPath(dir string) string { return filepath.Join(dir, "devices.json") }

// UsagePath is where it is written down what the devices of a state folder did.
func UsagePath(dir string) string { return filepath.Join(dir, "usage.json") }

// loadSettings reads the settings of a state folder. What it returns can always be used: a
// file that makes no sense is set aside, and the error, a *store.BrokenError, says so.
func loadSettings(dir string) (settings, error) {
	var s settings
	err := store.Load(settingsPath(dir), &s, s.check)
	if err != nil {
		s = settings{}
	}
	if s.ID == "" {
		s.ID = newID()
	}
	if len(s.ServerIDs) > maxServerIDs {
		s.ServerIDs = nil // some servers have another port at every start
	}
	return s, err
}

func (s *settings) save(dir string) error { return store.Save(settingsPath(dir), s) }

func newID() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand aborts the program instead
	return hex.EncodeToString(b[:])
}

// displayName is the laptop's name as a person would say it.
func (s *settings) displayName() string {
	if s.Name != "" {
		return s.Name
	}
	host, err := os.Hostname()
	if err != nil || host == "" {
		return "My computer"
	}
	host, _, _ = strings.Cut(host, ".") // macOS adds .local, companies their domain
	return host
}
