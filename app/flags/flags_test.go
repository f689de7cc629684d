package flags

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"slices"
	"strings"
	"testing"
)

func example() *flag.FlagSet {
	fs := New("beam scan")
	fs.Func("demo", "the demo: `auto|on|off`", func(s string) error {
		if s != "on" {
			return errors.New("want on")
		}
		return nil
	})
	fs.Bool("json", false, "print JSON")
	fs.String("state", "/home/anna", "`folder` for settings")
	fs.Int("many", 0, "how many")
	return fs
}

func TestParse(t *testing.T) {
	tests := []struct {
		name  string
		args  []string
		words []string
		err   string
	}{
		{"nothing", nil, nil, ""},
		{"flags anywhere", []string{"add", "--json", "Leo", "-demo=on"}, []string{"add", "Leo"}, ""},
		{"unknown", []string{"x", "--bogus"}, nil, "flag provided but not defined: --bogus (try beam scan --help)"},
		{"one dash", []string{"-bogus"}, nil, "flag provided but not defined: --bogus (try beam scan --help)"},
		{"no value", []string{"--state"}, nil, "flag needs an argument: --state (try beam scan --help)"},
		{
			"a wrong value",
			[]string{"--demo", "for flag -x"},
			nil,
			`invalid value "for flag -x" for flag --demo: want on (try beam scan --help)`,
		},
		{
			"a wrong switch",
			[]string{"--json=perhaps"},
			nil,
			`invalid boolean value "perhaps" for --json: parse error (try beam scan --help)`,
		},
		{"a wrong number", []string{"--many", "-x"}, nil, `invalid value "-x" for flag --many: parse error (try beam scan --help)`},
	}
	for _, tt := range tests {
		var out bytes.Buffer
		words, err := Parse(example(), tt.args, "Usage\n", &out)
		said := ""
		if err != nil {
			said = err.Error()
		}
		if !slices.Equal(words, tt.words) || said != tt.err || out.Len() > 0 {
			t.Errorf("%s: %q, %q and printed %q; want %q, %q and nothing", tt.name, words, said, out.String(), tt.words, tt.err)
		}
	}
}

func TestHelp(t *testing.T) {
	const want = `Usage
  --demo auto|on|off
        the demo: auto|on|off
  --json
        print JSON
  --many int
        how many (default 0)
  --state folder
        folder for settings (default /home/anna)
`
	for _, args := range [][]string{{"--help"}, {"-h"}, {"x", "-help"}} {
		var out bytes.Buffer
		if _, err := Parse(example(), args, "Usage\n", &out); !errors.Is(err, flag.ErrHelp) || out.String() != want {
			t.Errorf("%q: %v, printed\n%s, want\n%s", args, err, out.String(), want)
		}
	}
}

func TestWithout(t *testing.T) {
	fs := New("test")
	fs.Bool("hidden", false, "")
	fs.Bool("verbose", false, "")
	fs.String("state", "", "")
	fs.Func("server", "", func(string) error { return nil })
	for line, want := range map[string]string{
		"":                                     "",
		"--hidden":                             "",
		"--hidden=true --verbose":              "--verbose",
		"--state /x --server a --server b":     "--server a --server b",
		"-state=/x -server=a":                  "-server=a",
		"--server --hidden --hidden":           "--server --hidden", // the first is the value
		"--state --server --server a":          "--server a",
		"--verbose --state /x --verbose=false": "--verbose --verbose=false",
	} {
		args := strings.Fields(line)
		if _, err := Parse(fs, args, "", io.Discard); err != nil {
			t.Errorf("%q: %v", line, err)
		}
		if got := strings.Join(Without(fs, args, "hidden", "state"), " "); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
