package app

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
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
	// What the person chose for the QR code.
	choice
	// Origins limits which web pages may use the gateway, as https://chat.example.org or
	// https://*.example.org; empty: any page.
	Origins []string `json:"origins,omitempty"`
	// Servers are those that were added by hand.
	Servers []manualSetting `json:"servers,omitempty"`
	// ServerIDs are the IDs that servers have, by ownedURL: clients save names such as tiny@ollama-2.
	ServerIDs map[string]string `json:"server_ids,omitempty"`
	// Order has the URLs of servers, the preferred first; the others follow as they are found.
	Order []string `json:"order,omitempty"`
	// Hidden has what phones do not see: URLs of servers, and of models as URL, space, model.
	Hidden []string `json:"hidden,omitempty"`
	// Shared are the servers of other people of this machine that phones may use, by ownedURL.
	Shared []string `json:"shared,omitempty"`
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

// settingsFile is where the settings of a state folder are kept. Its user sees to it that one
// goroutine at a time uses it.
type settingsFile struct {
	dir     string
	unread  bool              // it could not be read: nothing may be written over it
	pending []func(*settings) // what was changed since then
	unsaved bool              // the last change is not on the disk
}

// waits says that there is something to try again.
func (f *settingsFile) waits() bool { return f.unread || f.unsaved }

// load reads the settings. What it returns can always be used: a file that makes no sense is set
// aside, which is a *store.BrokenError, and one that cannot be read now is a *store.AccessError and
// will be read again before it is written.
func (f *settingsFile) load() (settings, error) {
	var s settings
	err := store.Load(settingsPath(f.dir), &s, s.check)
	if err != nil {
		s = settings{}
	}
	var broken *store.BrokenError
	f.unread = err != nil && (!errors.As(err, &broken) || broken.Aside == "")
	if s.ID == "" {
		s.ID = newID()
	}
	if len(s.ServerIDs) > maxServerIDs {
		s.ServerIDs = nil // some servers have another port at every start
	}
	return s, err
}

// change applies edit to s and saves it.
func (f *settingsFile) change(s *settings, edit func(*settings)) error {
	edit(s)
	if f.unread {
		f.pending = append(f.pending, edit)
	}
	return f.save(s)
}

// save writes s. Settings that could not be read before are read first, and s becomes those, with all
// that was changed meanwhile.
func (f *settingsFile) save(s *settings) error {
	f.unsaved = true
	if f.unread {
		if err := f.catchUp(s); err != nil {
			return err
		}
	}
	err := store.Save(settingsPath(f.dir), s)
	f.unsaved = err != nil
	return err
}

func (f *settingsFile) catchUp(s *settings) error {
	read, err := f.load()
	if f.unread {
		return err
	}
	for _, edit := range f.pending {
		edit(&read)
	}
	*s, f.pending = read, nil
	return nil
}

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
