package llm

import (
	"context"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// Reason says why a server that could be there is not. It is for code to compare, and part of what scripts read.
type Reason string

const (
	NotRunning Reason = "not-running" // it is installed
	ServerOff  Reason = "server-off"  // its window is open, but the server in it is switched off
)

// Hint is what a person would want to know about a server that was not found.
type Hint struct {
	Kind   string // as Server.Kind
	Name   string // as Server.Name
	Reason Reason
	// Start is the program, with its whole path, and the arguments that would start the server.
	// Nil if only a person can do that.
	Start []string
}

func (h Hint) equal(other Hint) bool {
	return h.Kind == other.Kind && h.Reason == other.Reason && slices.Equal(h.Start, other.Start)
}

// app is how a product that is installed on this machine is recognised, and what starts its server.
type app struct {
	program string   // its name in PATH
	places  []string // where else it may be, on any system, with $VARIABLES
	start   []string // its arguments

	// open, if set, is a page that the product's window answers while its server is off, and
	// ports are where.
	open  check
	ports []uint16
}

// ollamaApp is where Ollama's installers and package managers put it. A desktop program often has a shorter PATH
// than a shell.
var ollamaApp = app{
	program: "ollama",
	places: []string{
		"/usr/local/bin/ollama", "/usr/bin/ollama", "/opt/homebrew/bin/ollama", "/snap/bin/ollama",
		"/Applications/Ollama.app/Contents/Resources/ollama", "$HOME/Applications/Ollama.app/Contents/Resources/ollama",
		"$LOCALAPPDATA/Programs/Ollama/ollama.exe",
	},
	start: []string{"serve"},
}

// lmStudioApp does what LM Studio's own tool does, which finds the window at one of these ports:
// https://github.com/lmstudio-ai/lms.
var lmStudioApp = app{
	program: "lms",
	places: []string{
		"$HOME/.lmstudio/bin/lms", "$HOME/.lmstudio/bin/lms.exe",
		"$HOME/.cache/lm-studio/bin/lms", "$HOME/.cache/lm-studio/bin/lms.exe",
	},
	start: []string{"server", "start"},
	open:  holds("/lms-status", "version", nil),
	ports: []uint16{41343, 52993, 16141, 39414, 22931},
}

// Hints returns what is known of servers that are not among those found: that a product is installed but not
// running, or that its window is open but its server off. It looks at some files and, for a product with
// a window, knocks at a few ports, which takes milliseconds.
func (s *Scanner) Hints(ctx context.Context, found []Server) []Hint {
	var all []Hint
	for _, k := range s.table() {
		known := slices.ContainsFunc(found, func(f Server) bool { return f.Kind == k.id })
		if k.app == nil || known {
			continue
		}
		h := Hint{Kind: k.id, Name: k.name, Reason: NotRunning, Start: k.app.command()}
		if s.isOpen(ctx, k.app) {
			h.Reason = ServerOff
		}
		if h.Reason == ServerOff || h.Start != nil {
			all = append(all, h)
		}
	}
	return all
}

// command is nil if the product is not installed, as far as we can see.
func (a *app) command() []string {
	path, err := exec.LookPath(a.program)
	if err != nil {
		i := slices.IndexFunc(a.places, func(place string) bool { return isFile(expand(place)) })
		if i < 0 {
			return nil
		}
		path = expand(a.places[i])
	}
	return append([]string{path}, a.start...)
}

// expand fills in variables. It is empty if one of them is.
func expand(place string) string {
	missing := false
	path := os.Expand(place, func(name string) string {
		value := os.Getenv(name)
		if name == "HOME" {
			value, _ = os.UserHomeDir() // the same on Windows
		}
		missing = missing || value == ""
		return value
	})
	if missing {
		return ""
	}
	return filepath.FromSlash(path)
}

func isFile(path string) bool {
	if path == "" {
		return false
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// isOpen asks the ports of the product's window, as far as something listens there. What listens may
// be anything, so the answer has to be the window's own.
func (s *Scanner) isOpen(ctx context.Context, a *app) bool {
	if a.open == nil {
		return false
	}
	var at []netip.AddrPort
	for _, port := range a.ports {
		at = append(at, netip.AddrPortFrom(loopback[0], port))
	}
	client := newClient(dialPatience)
	for i, k := range knockAll(ctx, at) {
		v := &visit{client: client, base: baseURL(at[i]), patience: s.patient(), agent: s.replaced.agent}
		open := k == accepted && a.open(ctx, v)
		v.end()
		if open {
			return true
		}
	}
	return false
}

// hint looks for hints in the background, if anybody wants them. If it is doing so already it does it once more
// afterwards, because that was for other servers.
func (w *watch) hint(ctx context.Context) {
	if w.scanner.Hinted == nil || w.hinting {
		w.hintAgain = w.hinting
		return
	}
	w.hinting, w.hintAgain = true, false
	found := w.reported
	w.visits.Go(func() {
		hints := w.scanner.Hints(ctx, found)
		select {
		case w.hints <- hints:
		case <-ctx.Done():
		}
	})
}

// hinted tells of hints unless they are those that were told last.
func (w *watch) hinted(ctx context.Context, now []Hint) {
	w.hinting = false
	if w.hintAgain { // another server came or went meanwhile
		w.hint(ctx)
		return
	}
	if !slices.EqualFunc(now, w.told, Hint.equal) {
		w.told = now
		w.scanner.Hinted(now)
	}
}
