package bench

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"modelbeam/cmd/e2e/load"
)

// column is a way to reach the server.
type column struct {
	name    string
	beam    bool
	base    *column // whose program it uses, and with whose values its own are compared
	variant variant
	launch  func(server string) (*program, error)
	program *program

	values    map[string]float64 // by the name of the value
	losses    map[string]loss    // by the name of the row
	firstLoss error
}

type loss struct{ lost, asked int }

// variant is what is different about the requests.
type variant struct {
	guest  bool
	path   string
	header func() string // lines, with their ends
}

const (
	openAI = "/v1/chat/completions"
	ollama = "/api/chat"
)

// startColumns starts everything that there is on this machine, and tells what there is not.
func startColumns(b *testing.B, server string) []*column {
	var started []*column
	for _, c := range chosen(allColumns(b, server), "PROXIES", func(c *column) string { return c.name }) {
		switch err := c.start(b, server); {
		case errors.Is(err, errMissing):
			fmt.Printf("left out: %s: %v\n", c.name, err)
		case err != nil:
			b.Fatalf("start %s: %v", c.name, err)
		default:
			started = append(started, c)
		}
	}
	return started
}

// start starts what the column needs, unless another one has.
func (c *column) start(b *testing.B, server string) error {
	c.values, c.losses = make(map[string]float64), make(map[string]loss)
	c.variant.path = cmp.Or(c.variant.path, openAI)
	h := c.host()
	if h.program != nil {
		return nil
	}
	p, err := h.launch(server)
	if err != nil {
		return err
	}
	h.program = p
	b.Cleanup(func() { h.program.stop() })
	return nil
}

func allColumns(b *testing.B, server string) []*column {
	direct := func(server string) (*program, error) { return &program{address: server, key: plainKey}, nil }
	role := func(name string) func(string) (*program, error) {
		return func(server string) (*program, error) { return startRole(name, server) }
	}
	all := []*column{
		{name: "direct", launch: direct},
		{name: "relay", launch: role(roleRelay)},
		{name: "nginx", launch: startNginx},
		{name: "caddy", launch: startCaddy},
		{name: "plain", launch: role(rolePlain)},
	}
	all = append(all, beamColumns(b, os.Getenv("BEAM"), "")...)
	if path := os.Getenv("BEAM2"); path != "" {
		all = append(all, beamColumns(b, path, "2")...)
	}
	return all
}

// beamColumns are those of a beam, and of the requests that cost it more. The names end with a number, if there
// are two beams.
func beamColumns(b *testing.B, path, number string) []*column {
	beam := &column{name: "beam" + number, beam: true, launch: launcher(b, path)}
	return []*column{
		beam,
		{name: "guest" + number, beam: true, base: beam, variant: variant{guest: true}},
		{name: "translated" + number, beam: true, base: beam, variant: variant{path: ollama}},
		{name: "named" + number, beam: true, base: beam, variant: variant{header: func() string {
			return fmt.Sprintf("Modelbeam-Stream: %016x%016x\r\n", rand.Uint64(), rand.Uint64())
		}}},
	}
}

// launcher starts a beam at a path, or one that is built for it. Its household stays the same.
func launcher(b *testing.B, path string) func(string) (*program, error) {
	var home *household
	return func(server string) (*program, error) {
		if home == nil {
			var err error
			if path == "" {
				if path, err = buildBeam(b.TempDir(), os.Getenv("PPROF") != ""); err != nil {
					return nil, err
				}
			}
			if home, err = newHousehold(path, server); err != nil {
				return nil, err
			}
			b.Cleanup(func() { _ = os.RemoveAll(home.state) })
		}
		return home.start(server)
	}
}

// host is what runs the program.
func (c *column) host() *column { return cmp.Or(c.base, c) }

// restart gives the program a memory in which nothing was yet.
func (c *column) restart(b *testing.B, server string) {
	b.Helper()
	h := c.host()
	h.program.stop()
	p, err := h.launch(server)
	if err != nil {
		b.Fatalf("start %s again: %v", h.name, err)
	}
	h.program = p
}

// request makes a request for a model, with text beside the question and a body that goes on for so many
// bytes behind what is returned.
func (c *column) request(model, text string, more int) []byte {
	p := c.host().program
	key := p.key
	if c.variant.guest {
		key = p.guest
	}
	header := ""
	if c.variant.header != nil {
		header = c.variant.header()
	}
	body := fmt.Sprintf(`{"model":%q,"stream":true,"messages":[{"role":"user","content":"hi%s"}]}`, model, text)
	if more > 0 {
		body = strings.TrimSuffix(body, end)
	}
	return fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nOrigin: http://chat.example\r\n"+
		"Content-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s",
		c.variant.path, p.address, key, header, len(body)+more, body)
}

// end is that of a body which goes on for long.
const end = `"}]}`

// check fails unless a is a model's whole answer.
func (c *column) check(model string, a load.Answer, err error) error {
	return cmp.Or(err, a.Whole(load.Pieces[model]))
}

// note counts what was lost in a row.
func (c *column) note(row string, errs []error) {
	l := c.losses[row]
	l.asked += len(errs)
	for _, err := range errs {
		if err != nil {
			l.lost++
			c.firstLoss = cmp.Or(c.firstLoss, err)
		}
	}
	c.losses[row] = l
}

func (c *column) lost() int {
	n := 0
	for _, l := range c.losses {
		n += l.lost
	}
	return n
}

func named(columns []*column, name string) *column {
	i := slices.IndexFunc(columns, func(c *column) bool { return c.name == name })
	if i < 0 {
		return nil
	}
	return columns[i]
}
