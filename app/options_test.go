package app

import (
	"flag"
	"io"
	"reflect"
	"testing"
	"time"
)

func parse(args ...string) (Options, error) {
	var o Options
	fs := flag.NewFlagSet("test", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	o.Register(fs)
	return o, fs.Parse(args)
}

func TestListen(t *testing.T) {
	for in, want := range map[string]string{
		"127.0.0.1:0":       "127.0.0.1:0",
		":9000":             ":9000",
		"9000":              ":9000",
		"192.168.1.20":      "192.168.1.20:8717",
		"[::1]:9000":        "[::1]:9000",
		"::1":               "[::1]:8717",
		"localhost:9000":    "localhost:9000",
		"example.com:9000":  "",
		"127.0.0.1:http":    "",
		"127.0.0.1:99999":   "",
		"http://127.0.0.1/": "",
	} {
		o, err := parse("--listen", in)
		if (err != nil) != (want == "") || o.Listen != want {
			t.Errorf("--listen %q: %q, %v; want %q", in, o.Listen, err, want)
		}
	}
}

func TestServers(t *testing.T) {
	o, err := parse("--server", "127.0.0.1:9000", "--server", "https://gpu.example/prefix", "--server-key", "Ollama=s3=cret")
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Servers) != 2 || o.Servers[0].String() != "http://127.0.0.1:9000" || o.Servers[1].String() != "https://gpu.example/prefix" {
		t.Errorf("servers %v", o.Servers)
	}
	if o.ServerKeys["ollama"] != "s3=cret" {
		t.Errorf("keys %v", o.ServerKeys)
	}
}

func TestGuestFlags(t *testing.T) {
	o, err := parse("--guest", "tonight", "--guest", "3h", "--guest-models", "a, b@c", "--guest-requests", "5")
	want := Invitation{Tonight: true, For: 3 * time.Hour, Models: []string{"a", "b@c"}, Requests: 5}
	if err != nil || !reflect.DeepEqual(o.Guest, want) {
		t.Errorf("got %+v, %v", o.Guest, err)
	}
}

func TestRefusedOptions(t *testing.T) {
	for _, args := range [][]string{
		{"--server", "ftp://x"},
		{"--server", "http://"},
		{"--server-key", "no-key"},
		{"--server-key", "=x"},
		{"--demo", "maybe"},
		{"--advertise", "http://x"},
		{"--advertise", "a/b"},
		{"--advertise", ""},
		{"--guest", "forever"},
		{"--guest", "-3h"},
		{"--guest-models", " , "},
		{"--guest-requests", "0"},
	} {
		if _, err := parse(args...); err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
}
