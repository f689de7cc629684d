package sockets

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
		of   Account
		want bool
	}{
		{"not known", Account{}, false},
		{"not known, with a number", Account{UID: 54321}, false},
		{"ours", Account{us, true}, false},
		{"root's", Account{0, true}, false},
		{"that of Ollama's installer", Account{998, true}, false},
		{"lent by systemd, first", Account{61184, true}, false},
		{"lent by systemd, last", Account{65519, true}, false},
		{"another person's", Account{54321, true}, true},
		{"the first person's", Account{1000, true}, us != 1000},
		{"nobody's", Account{65534, true}, true},
	} {
		if got := tt.of.Stranger(); (got != "") != tt.want {
			t.Errorf("%s: a stranger called %q", tt.name, got)
		}
	}
	if got := (Account{54321, true}).Stranger(); got != "54321" {
		t.Errorf("who has no name is called %q", got)
	}
	if us == 0 {
		t.Setenv("SUDO_UID", strconv.Itoa(54321))
		if got := (Account{54321, true}).Stranger(); got != "" {
			t.Errorf("the person who used sudo is a stranger called %q", got)
		}
	}
}
