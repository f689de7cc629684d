package app

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"modelbeam/app/logfile"
	"modelbeam/app/settings"
)

// Version is set when a release is built: -ldflags "-X modelbeam/app.Version=1.2.3".
var Version = "0.1.0-dev"

// DefaultPort is the gateway's port while nothing else has it.
const DefaultPort = 8717

// Options are what the command line says; both commands share them.
type Options struct {
	Listen     string            // host:port of the gateway; empty: all interfaces, a port of our choice
	StateDir   string            // folder for settings and devices
	Servers    []*url.URL        // servers added by hand
	ServerKeys map[string]string // a server's own key, by its kind, name, ID or host:port in lower case
	NoScan     bool              // only Servers, no look around
	NoMDNS     bool              // announce nothing
	Demo       string            // "auto", "on", "off"
	Origins    []string          // web pages that may use the gateway; empty: what the settings say
	Guest      Invitation        // what pairing codes and new keys allow; zero: everything, for good
	Advertise  string            // host or host:port for the QR code, instead of the best address
	JSON       bool              // events on standard output
	Verbose    bool              // log more than warnings
	AtLogin    []string          // the command line to start at login, not a flag; empty: there is none
	Restart    func()            // ends this process and starts it anew, in a new version; nil: that is not possible
}

// Register adds the shared flags to fs; after fs.Parse, o holds what they said.
func (o *Options) Register(fs *flag.FlagSet) {
	o.Demo, o.StateDir = "auto", defaultStateDir()
	o.ServerKeys = make(map[string]string)
	fs.Func("listen", "`address` of the gateway (default all interfaces, port 8717 or the next free one)", o.setListen)
	fs.StringVar(&o.StateDir, "state", o.StateDir, "`folder` for settings, devices and usage")
	fs.Func("server", "add the AI app at `URL` (repeatable)", o.addServer)
	fs.Func("server-key", "key for an AI app that needs one, as `NAME=KEY` (repeatable)", o.addServerKey)
	fs.BoolVar(&o.NoScan, "no-scan", false, "do not look for AI apps; use only those added with --server or in the settings")
	fs.BoolVar(&o.NoMDNS, "no-mdns", false, "announce nothing on the network")
	fs.Func("demo", "offer the built-in demo model: `auto|on|off` (default auto: only while no AI app is found)", o.setDemo)
	fs.Func("origin", "let in only web pages of this `origin`, such as https://*.example.org (repeatable; default any)", o.addOrigin)
	fs.Func("advertise", "`address` to put in the QR code, instead of the best one found", o.setAdvertise)
	fs.Func("guest", "make new devices guests: for a `time` such as 3h, or for tonight (until midnight)", o.setGuest)
	fs.Func("guest-models", "let guests use only these `models`, separated by commas", o.setGuestModels)
	fs.Func("guest-requests", "let each guest make at most this `number` of requests", o.setGuestRequests)
	fs.BoolVar(&o.JSON, "json", false, "print one JSON object per line instead of text")
	fs.BoolVar(&o.Verbose, "verbose", false, "log more")
}

// NewLog makes a log of what is at least so important; of everything where o asks for that.
func (o *Options) NewLog(w io.Writer, least slog.Level) *slog.Logger {
	if o.Verbose {
		least = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: least}))
}

// StateFlag is what a program that is started later needs to be told to use the same state folder; nil for the
// usual one.
func (o *Options) StateFlag() []string {
	dir, err := filepath.Abs(o.StateDir)
	if err != nil || dir == defaultStateDir() {
		return nil
	}
	return []string{"--state", dir}
}

// LogFolder is where programs without a terminal log to.
func (o *Options) LogFolder() string { return logfile.Folder(o.StateDir, defaultStateDir()) }

// DevicesPath is where the list of devices of a state folder is.
func DevicesPath(dir string) string { return filepath.Join(dir, "devices.json") }

// UsagePath is where the record is of what the devices of a state folder did.
func UsagePath(dir string) string { return filepath.Join(dir, "usage.json") }

func defaultStateDir() string {
	base, err := os.UserConfigDir()
	if err != nil {
		return "modelbeam" // no home folder at all: the current folder is the only place left
	}
	return filepath.Join(base, "modelbeam")
}

// setListen forgives what people write: a port alone, a host alone.
func (o *Options) setListen(s string) error {
	if s == "" {
		o.Listen = ""
		return nil
	}
	if _, err := strconv.ParseUint(s, 10, 16); err == nil {
		s = ":" + s
	}
	if _, _, err := net.SplitHostPort(s); err != nil {
		s = net.JoinHostPort(strings.Trim(s, "[]"), strconv.Itoa(DefaultPort))
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return fmt.Errorf("want an address such as 192.168.1.20:8717: %w", err)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("%q is not a port", port)
	}
	if host != "" && net.ParseIP(host) == nil && host != "localhost" {
		return fmt.Errorf("%q is not an address of this computer", host)
	}
	o.Listen = s
	return nil
}

func (o *Options) addServer(s string) error {
	u, err := settings.ParseServerURL(s)
	if err != nil {
		return err
	}
	o.Servers = append(o.Servers, u)
	return nil
}

func (o *Options) addServerKey(s string) error {
	name, key, ok := strings.Cut(s, "=")
	if !ok || name == "" || key == "" {
		return fmt.Errorf("want NAME=KEY")
	}
	o.ServerKeys[strings.ToLower(name)] = key
	return nil
}

func (o *Options) setDemo(s string) error {
	if !slices.Contains([]string{"auto", "on", "off"}, s) {
		return fmt.Errorf("want auto, on or off")
	}
	o.Demo = s
	return nil
}

func (o *Options) addOrigin(s string) error {
	if !strings.Contains(s, "://") || strings.ContainsAny(s, " ,") {
		return errors.New("want an origin such as https://chat.example.org")
	}
	o.Origins = append(o.Origins, s)
	return nil
}

func (o *Options) setGuest(s string) error {
	if s == "tonight" {
		o.Guest.Tonight = true
		return nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return errors.New("want tonight, or a time such as 3h or 45m")
	}
	o.Guest.For = d
	return nil
}

func (o *Options) setGuestModels(s string) error {
	for model := range strings.SplitSeq(s, ",") {
		if model = strings.TrimSpace(model); model != "" {
			o.Guest.Models = append(o.Guest.Models, model)
		}
	}
	if len(o.Guest.Models) == 0 {
		return errors.New("want the names of models, such as tiny,large")
	}
	return nil
}

func (o *Options) setGuestRequests(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return errors.New("want a number, 1 or more")
	}
	o.Guest.Requests = n
	return nil
}

// setAdvertise takes what can stand before the path of an http URL.
func (o *Options) setAdvertise(s string) error {
	u, err := url.Parse("http://" + s)
	if err != nil || u.Host != s || u.Hostname() == "" {
		return fmt.Errorf("want an address such as 192.168.1.20")
	}
	o.Advertise = s
	return nil
}
