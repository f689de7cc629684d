package llm

import (
	"context"
	"encoding/json"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"modelbeam/discovery/sockets"
)

// dialPatience is ample for a connection to this machine. Windows refuses such a connection only
// after some 2 s of trying; there, nothing listening looks like something that hangs.
const dialPatience = 250 * time.Millisecond

// loopback are the two addresses that a server on this machine may listen on, the preferred first.
var loopback = sockets.Loopback

// configured adds the ports that this machine's configuration names to the kinds. It leaves the kinds that it is
// given as they are, because visits that are under way still read them.
func configured(kinds []kind) []kind {
	kinds = slices.Clone(kinds)
	for i := range kinds {
		if kinds[i].more != nil {
			kinds[i].ports = slices.Concat(kinds[i].ports, kinds[i].more())
		}
	}
	return kinds
}

// endpoints are all places where a server could be: the ports of all kinds on both addresses.
func endpoints(kinds []kind, skip func(port int) bool) []netip.AddrPort {
	var ports []int
	for _, k := range kinds {
		ports = append(ports, k.ports...)
	}
	slices.Sort(ports)
	var all []netip.AddrPort
	for _, port := range slices.Compact(ports) {
		if skip != nil && skip(port) {
			continue
		}
		for _, addr := range loopback {
			all = append(all, netip.AddrPortFrom(addr, uint16(port)))
		}
	}
	return all
}

// knock is what came of a dial.
type knock uint8

const (
	silent knock = iota // no answer in time: full, hanging, or any error but a refusal
	closed              // nothing listens
	accepted
)

// knockAll dials all endpoints at once. There are about a hundred of them, too few to need a limit.
func knockAll(ctx context.Context, at []netip.AddrPort) []knock {
	// One deadline for all of them, and addresses that need no parsing: where sockets cannot be listed this
	// is most of what we cost while nothing happens.
	ctx, cancel := context.WithTimeout(ctx, dialPatience)
	defer cancel()
	knocks := make([]knock, len(at))
	var dialer net.Dialer
	var wg sync.WaitGroup
	for i, ep := range at {
		wg.Go(func() {
			conn, err := dialer.DialTCP(ctx, "tcp", netip.AddrPort{}, ep)
			switch {
			case err == nil:
				_ = conn.Close()
				knocks[i] = accepted
			case refused(err):
				knocks[i] = closed
			}
		})
	}
	wg.Wait()
	return knocks
}

// baseURL is where an endpoint's paths begin. Its host is a literal address: nothing has to be resolved, and no
// "localhost" can lead to the other loopback address.
func baseURL(ep netip.AddrPort) *url.URL { return &url.URL{Scheme: "http", Host: ep.String()} }

// ollamaPorts reads OLLAMA_HOST, which Ollama and its clients share: "127.0.0.1:11500", ":11500",
// "http://localhost:11500". A host that is not this machine is meant for clients.
// https://github.com/ollama/ollama/blob/main/envconfig/config.go
func ollamaPorts() []int {
	text := strings.TrimSpace(os.Getenv("OLLAMA_HOST"))
	if _, rest, ok := strings.Cut(text, "://"); ok {
		text = rest
	}
	text, _, _ = strings.Cut(text, "/")
	host, port, err := net.SplitHostPort(text)
	if err != nil || !onThisMachine(host) {
		return nil
	}
	return parsePort(port)
}

// onThisMachine takes a server that listens on all addresses for one of ours too.
func onThisMachine(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "" || host == "localhost" || err == nil && (addr.IsLoopback() || addr.IsUnspecified())
}

// lmStudioPorts reads the port that the user has chosen in LM Studio, from the file where its
// own command line tool looks it up: https://github.com/lmstudio-ai/lms.
func lmStudioPorts() []int {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(lmStudioHome(home), ".internal", "http-server-config.json"))
	if err != nil {
		return nil
	}
	var config struct {
		Port int `json:"port"`
	}
	if json.Unmarshal(text, &config) != nil {
		return nil
	}
	return parsePort(strconv.Itoa(config.Port))
}

// lmStudioHome is LM Studio's own folder: where the pointer file says, or else its old place if it
// is there, or else its new one.
func lmStudioHome(home string) string {
	pointer, err := os.ReadFile(filepath.Join(home, ".lmstudio-home-pointer"))
	if dir := strings.TrimSpace(string(pointer)); err == nil && dir != "" {
		return dir
	}
	old := filepath.Join(home, ".cache", "lm-studio")
	if _, err := os.Stat(old); err == nil {
		return old
	}
	return filepath.Join(home, ".lmstudio")
}

// parsePort returns a list of one, or of none for what is not a port.
func parsePort(text string) []int {
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return nil
	}
	return []int{int(port)}
}
