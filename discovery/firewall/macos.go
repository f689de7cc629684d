package firewall

import (
	"path"
	"regexp"
	"strings"
)

// socketFilter is Apple's command for the application firewall. Since macOS 15 nothing else tells its state: its
// settings are no longer in a file. What it says differs between versions.
const socketFilter = "/usr/libexec/ApplicationFirewall/socketfilterfw"

// applicationFirewall is what that command said.
type applicationFirewall struct {
	global   string   // of --getglobalstate
	blockAll string   // of --getblockall
	app      []string // of --getappblocked, for each path that our program may be known by
	apps     string   // of --listapps
}

// globalState reads "Firewall is enabled. (State = 1)": 0 is off, 1 on, 2 on and shut for all.
var globalState = regexp.MustCompile(`\(State = ([0-9])\)`)

func (a applicationFirewall) on() (on, known bool) {
	if m := globalState.FindStringSubmatch(a.global); m != nil {
		return m[1] != "0", true
	}
	text := strings.ToLower(a.global)
	switch {
	case strings.Contains(text, "disabled"):
		return false, true
	case strings.Contains(text, "enabled"), strings.Contains(text, "blocking all"), strings.Contains(text, "block all"):
		return true, true
	}
	return false, false
}

// shut are the ways to say that all are kept out, in lower case: those of macOS up to 12, from 13 on, and of 15.
var shut = []string{
	"block all enabled", "block all non-essential", "blocking all non-essential", "block all state set to enabled", "block all is on",
}

func (a applicationFirewall) shut() bool {
	if m := globalState.FindStringSubmatch(a.global); m != nil && m[1] == "2" {
		return true
	}
	text := strings.ToLower(a.blockAll)
	for _, s := range shut {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// verdict is what was said of our program.
type verdict uint8

const (
	unlisted verdict = iota // nothing: it is not on the list
	permitted
	blocked
)

// aboutApp reads what --getappblocked says of a path: that incoming connections to it are blocked, are permitted, or
// that it is not part of the firewall. A path may have any of these words in it.
func aboutApp(text, path string) verdict {
	text = strings.ToLower(strings.ReplaceAll(text, path, ""))
	switch {
	case strings.Contains(text, "not part of"):
		return unlisted
	case strings.Contains(text, "block"):
		return blocked
	case strings.Contains(text, "permit"), strings.Contains(text, "allow"):
		return permitted
	}
	return unlisted
}

// listed reads the list of --listapps for any of the paths. Of each program it has a line "1 :  /Applications/X.app",
// and below it "( Allow incoming connections )" or "( Block incoming connections )".
func listed(text string, paths []string) verdict {
	ours := false
	for line := range strings.Lines(text) {
		if m := listedApp.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			ours, line = isOneOf(m[1], paths), m[2]
		}
		switch text := strings.ToLower(line); {
		case !ours:
		case strings.Contains(text, "block incoming"):
			return blocked
		case strings.Contains(text, "allow incoming"):
			return permitted
		}
	}
	return unlisted
}

// listedApp is the line of a program, with what is said of it where that is in the same line.
var listedApp = regexp.MustCompile(`^\d+\s*:\s*(.*?)\s*(\(\s*(?:Allow|Block) incoming.*)?$`)

func isOneOf(at string, paths []string) bool {
	for _, p := range paths {
		if strings.EqualFold(path.Clean(at), p) { // most disks of Macs take letters of both cases for one
			return true
		}
	}
	return false
}

// appPaths are what a program may be known by: its bundle, and itself.
func appPaths(p Program) []string {
	if i := strings.Index(p.Path, ".app/Contents/"); i >= 0 {
		return []string{p.Path[:i+len(".app")], p.Path}
	}
	return []string{p.Path}
}

// finding puts it together. What is on no list comes in where Apple knows who has signed it, and else the person is
// asked; so that says nothing.
func (a applicationFirewall) finding(p Program) Finding {
	f := Finding{Product: MacOS, Detail: strings.Join(strings.Fields(strings.Join(append([]string{a.global, a.blockAll}, a.app...), " ")), " ")}
	on, known := a.on()
	switch v := a.verdict(p); {
	case !known:
	case !on:
		f.State = Off
	case a.shut():
		f.State, f.Reason = Blocks, BlocksAll
	case v == blocked:
		f.State, f.Reason = Blocks, AppBlocked
	case v == permitted:
		f.State = Allows
	default:
		f.State, f.Reason = MayBlock, NoRule
	}
	if f.State == Blocks || f.State == MayBlock {
		f.Fix, f.Elevate = fixMacOS(f.Reason, p), true
	}
	return f
}

func (a applicationFirewall) verdict(p Program) verdict {
	paths := appPaths(p)
	for i, text := range a.app {
		if v := aboutApp(text, paths[min(i, len(paths)-1)]); v != unlisted {
			return v
		}
	}
	return listed(a.apps, paths)
}

// fixMacOS lets the program in. It must be on the list before that can be said of it.
func fixMacOS(why Reason, p Program) []string {
	if why == BlocksAll {
		return []string{socketFilter, "--setblockall", "off"}
	}
	path := "'" + strings.ReplaceAll(appPaths(p)[0], "'", `'\''`) + "'"
	return []string{"sh", "-c", socketFilter + " --add " + path + " && " + socketFilter + " --unblockapp " + path}
}
