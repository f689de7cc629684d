package llm

import (
	"os"
	"strconv"
	"testing"
)

func TestStranger(t *testing.T) {
	t.Setenv("SUDO_UID", "")
	us := uint32(os.Geteuid())
	for _, tt := range []struct {
		name string
		of   account
		want bool
	}{
		{"not known", account{}, false},
		{"not known, with a number", account{uid: 54321}, false},
		{"ours", account{us, true}, false},
		{"root's", account{0, true}, false},
		{"that of Ollama's installer", account{998, true}, false},
		{"lent by systemd, first", account{61184, true}, false},
		{"lent by systemd, last", account{65519, true}, false},
		{"another person's", account{54321, true}, true},
		{"the first person's", account{1000, true}, us != 1000},
		{"nobody's", account{65534, true}, true},
	} {
		if got := tt.of.stranger(); (got != "") != tt.want {
			t.Errorf("%s: a stranger called %q", tt.name, got)
		}
	}
	if got := (account{54321, true}).stranger(); got != "54321" {
		t.Errorf("who has no name is called %q", got)
	}
	if us == 0 {
		t.Setenv("SUDO_UID", strconv.Itoa(54321))
		if got := (account{54321, true}).stranger(); got != "" {
			t.Errorf("the person who used sudo is a stranger called %q", got)
		}
	}
}
