// Package settings keeps what Modelbeam remembers between two starts, apart from the devices.
// Whoever reads or changes settings never waits for the disk: one goroutine, Store.Run, writes.
package settings

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"modelbeam/app/download"
)

// Settings are what is remembered. A value that was handed out is never changed: whoever wants
// another one calls Store.Change.
type Settings struct {
	// ID names this installation for good, 8 hex digits: phones and clients know us by it
	// when our address or name has changed.
	ID string `json:"id"`
	// Name is this laptop as phones see it; empty: the computer's own name.
	Name string `json:"name,omitempty"`
	// Port is the gateway's last one, so that what phones saved stays true.
	Port int `json:"port,omitempty"`
	// What the person chose for the QR code.
	Choice
	// Origins limits which web pages may use the gateway, as https://chat.example.org or
	// https://*.example.org; empty: any page.
	Origins []string `json:"origins,omitempty"`
	// Servers are those that were added by hand.
	Servers []Server `json:"servers,omitempty"`
	// ServerIDs are the IDs that servers have, by address and owner: clients save names such as
	// tiny@ollama-2.
	ServerIDs map[string]string `json:"server_ids,omitempty"`
	// Order has the URLs of servers, the preferred first; the others follow as they are found.
	Order []string `json:"order,omitempty"`
	// Hidden has what phones do not see: URLs of servers, and of models as URL, space, model.
	Hidden []string `json:"hidden,omitempty"`
	// Shared are the servers of other people of this machine that phones may use, by address and
	// owner.
	Shared []string `json:"shared,omitempty"`
	// Downloads are the models that were on their way when Modelbeam ended.
	Downloads []download.Entry `json:"downloads,omitempty"`
	// Language is the one that the person chose for the screens of this computer, as a tag such as "zh-Hant";
	// empty: the system's.
	Language string `json:"language,omitempty"`
	// AwakePlugged has the computer stay awake all the time on mains power, not only for an answer.
	AwakePlugged bool `json:"awake_plugged,omitempty"`
	// LidTold says that the person has read that a closed lid is stronger than that.
	LidTold bool `json:"lid_told,omitempty"`
	// Updates says whether Modelbeam may look for new versions; empty: nobody has decided that yet.
	Updates Updates `json:"updates,omitempty"`
	// FirstStart is when Modelbeam was first used here, and LastLook when it looked for new versions, in UTC.
	FirstStart time.Time `json:"first_start,omitzero"`
	LastLook   time.Time `json:"last_look,omitzero"`
}

// Updates is what the person decided about new versions.
type Updates string

const (
	UpdatesOn  Updates = "on"
	UpdatesOff Updates = "off"
)

// Server is a server that was added by hand. Its key is not here but among the secrets.
type Server struct {
	URL    string `json:"url"`
	HasKey bool   `json:"has_key,omitempty"`
}

// Choice is which address of this machine the person wants in the QR code. The zero value leaves
// it to us.
type Choice struct {
	Address   string `json:"address,omitempty"`
	Interface string `json:"interface,omitempty"`
	Network   string `json:"network,omitempty"` // 192.168.1.0/24
	Place     string `json:"place,omitempty"`   // the best network of the place where it was chosen, and where it counts
}

// maxServerIDs bounds what is remembered of servers that never come back.
const maxServerIDs = 100

// Path is where the settings of a state folder are.
func Path(dir string) string { return filepath.Join(dir, "settings.json") }

// ParseServerURL reads a server's address as people write it: without http:// or with a slash too
// many. What follows the path is dropped.
func ParseServerURL(s string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, errors.New("want a URL such as http://127.0.0.1:11434")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.TrimRight(u.Path, "/")}, nil
}

// DisplayName is the laptop's name as a person would say it.
func (s Settings) DisplayName() string {
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

// clone returns settings that share nothing with s, for an edit to change.
func (s Settings) clone() Settings {
	s.Origins, s.Servers = slices.Clone(s.Origins), slices.Clone(s.Servers)
	s.Order, s.Hidden, s.Shared = slices.Clone(s.Order), slices.Clone(s.Hidden), slices.Clone(s.Shared)
	s.Downloads = slices.Clone(s.Downloads)
	s.ServerIDs = maps.Clone(s.ServerIDs)
	return s
}

var isID = regexp.MustCompile(`^[0-9a-f]{8}$`).MatchString

// Check refuses what could not be settings of ours.
func (s *Settings) Check() error {
	if s.ID != "" && !isID(s.ID) {
		return fmt.Errorf("id %q is not 8 hex digits", s.ID)
	}
	if s.Port < 0 || s.Port > 65535 {
		return fmt.Errorf("port %d is out of range", s.Port)
	}
	for _, m := range s.Servers {
		if _, err := ParseServerURL(m.URL); err != nil {
			return fmt.Errorf("server %q: %w", m.URL, err)
		}
	}
	return nil
}
