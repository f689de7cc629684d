package llm

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	modelsPath = "/v1/models"

	maxPage = 64 << 10 // bytes that are read of a page which is looked at to know the server
	maxList = 4 << 20  // bytes that are read of a list of models
)

var errTooLong = errors.New("the answer is too long")

// visit is one look at one server. It asks every path at most once, so that the rows of the table can ask
// freely. It stops asking as soon as one question goes unanswered, so that a port that hangs costs one
// timeout, and not one for each question. It belongs to one goroutine.
type visit struct {
	client       *http.Client
	base         *url.URL
	key          string        // sent as a bearer token, unless empty
	trusted      bool          // a person named this address
	patience     time.Duration // for one question and its whole answer
	onAnswer     func()        // called at each answer, unless nil
	agent        string        // what we call ourselves; empty: our name
	modelsBefore []Model       // the server's models as they were the last time, if anybody remembers
	sumsBefore   sums          // of the lists that known came from
	locked       bool          // the last time the server wanted a key, or got another one

	answers map[string]answer
	held    []*bytes.Buffer       // which the bodies of answers are in
	decoded map[string]openAIList // of the answers, by their paths
	now     sums
	dead    error // why there is no point in asking on
}

// answer is what came back. Its status is 0 if nothing did; a body that comes with an error is cut off.
type answer struct {
	status int
	header http.Header
	body   []byte
	err    error
}

// refuses says that the server knows the path but wants a key.
func (a answer) refuses() bool {
	return a.status == http.StatusUnauthorized || a.status == http.StatusForbidden
}

// failure is why no answer came. A body that is too long is an answer like any other: the server
// is well, it only is not what was looked for. Everything else that goes wrong is final.
func (a answer) failure() error {
	if errors.Is(a.err, errTooLong) {
		return nil
	}
	return a.err
}

// get asks for a page, list for a list of models, which may be longer.
func (v *visit) get(ctx context.Context, path string) answer { return v.ask(ctx, path, maxPage) }

func (v *visit) list(ctx context.Context, path string) answer {
	a := v.ask(ctx, path, maxList)
	if v.now == nil {
		v.now = make(sums)
	}
	v.now[path] = a.sum()
	return a
}

// sums are hashes of what a server had at some paths, to recognise it at the next visit.
type sums map[string]uint64

// seed makes the sums of this process impossible to foresee for a server.
var seed = maphash.MakeSeed()

// sum is 0 for anything but a good answer.
func (a answer) sum() uint64 {
	if a.problem() != nil {
		return 0
	}
	return maphash.Bytes(seed, a.body)
}

// unchanged says that the lists at paths are as they were when these models were read from them, with nothing
// left to ask about any.
func (v *visit) unchanged(before []Model, paths ...string) bool {
	return v.same(before, paths...) && !slices.ContainsFunc(before, Model.incomplete)
}

// same says that the lists at paths are as they were when these models were read from them.
func (v *visit) same(before []Model, paths ...string) bool {
	if len(before) == 0 {
		return false
	}
	for _, path := range paths {
		if v.now[path] == 0 || v.now[path] != v.sumsBefore[path] {
			return false
		}
	}
	return true
}

// ask answers from memory where it can.
func (v *visit) ask(ctx context.Context, path string, limit int64) answer {
	if a, asked := v.answers[path]; asked {
		return a
	}
	a := v.await(ctx, http.MethodGet, path, nil, limit)
	if v.answers == nil {
		v.answers = make(map[string]answer)
	}
	v.answers[path] = a
	return a
}

// tell asks a question that is too long for a path. It is not remembered.
func (v *visit) tell(ctx context.Context, path string, question []byte) answer {
	return v.await(ctx, http.MethodPost, path, question, maxList)
}

// await sends a question, unless there is no point in it, and waits for the answer as long as the
// visit's patience lasts.
func (v *visit) await(ctx context.Context, method, path string, question []byte, limit int64) answer {
	if v.dead != nil {
		return answer{err: v.dead}
	}
	ctx, cancel := context.WithTimeout(ctx, v.patience)
	defer cancel()
	a := v.send(ctx, method, path, question, limit)
	if a.status != 0 && v.onAnswer != nil {
		v.onAnswer()
	}
	v.dead = a.failure()
	return a
}

// send makes one request. It never sends an Origin: several servers refuse requests that look like a
// browser's. The context covers the body as well, so that one which trickles in ends in time.
func (v *visit) send(ctx context.Context, method, path string, question []byte, limit int64) answer {
	req, err := http.NewRequestWithContext(ctx, method, v.base.JoinPath(path).String(), bytes.NewReader(question))
	if err != nil {
		return answer{err: err}
	}
	if question != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Host = hostHeader(v.base)
	req.Header.Set("Accept", "application/json, */*")
	req.Header.Set("User-Agent", cmp.Or(v.agent, "modelbeam"))
	if v.key != "" {
		req.Header.Set("Authorization", "Bearer "+v.key)
	}
	resp, err := v.client.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	buffer := buffers.Get().(*bytes.Buffer)
	v.held = append(v.held, buffer)
	buffer.Grow(int(min(max(resp.ContentLength, 0), limit) + bytes.MinRead))
	// One byte more than the limit tells a body that ends there from one that goes on.
	_, err = buffer.ReadFrom(io.LimitReader(resp.Body, limit+1))
	body := buffer.Bytes()
	if int64(len(body)) > limit {
		body, err = body[:limit], errTooLong
	}
	return answer{status: resp.StatusCode, header: resp.Header, body: body, err: err}
}

// buffers are what bodies are read into: a list of thousands of models comes every few seconds, and nearly always
// it is the same, so that nothing is made of it.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// largestBuffer is what goes back. Hardly a server has a longer list.
const largestBuffer = 1 << 20

// end ends the visit. The answers are gone then.
func (v *visit) end() {
	for _, buffer := range v.held {
		if buffer.Cap() <= largestBuffer {
			buffer.Reset()
			buffers.Put(buffer)
		}
	}
	v.held, v.answers = nil, nil
}

// hostHeader is the host of base, but "localhost" for [::1]: text-generation-webui takes everything before
// the first colon for the host, and would refuse the literal.
func hostHeader(base *url.URL) string {
	addr, err := netip.ParseAddr(base.Hostname())
	if err != nil || !addr.Is6() || !addr.IsLoopback() {
		return base.Host
	}
	return net.JoinHostPort("localhost", base.Port())
}

// newClient makes a client that goes nowhere but where it is told: no proxy, which could not reach our
// loopback anyway, no redirects, which could lead off this machine, no cookies. It keeps no connection
// open, so there is nothing to close when it is no longer needed.
func newClient(dial time.Duration) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext:            (&net.Dialer{Timeout: dial}).DialContext,
			DisableKeepAlives:      true,
			MaxResponseHeaderBytes: maxPage,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// loads says that the server is up but its model is not yet: llama.cpp and the servers built on it
// answer every path so (https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md),
// vLLM and others have 503 for it as well.
func (a answer) loads() bool {
	if a.status != http.StatusServiceUnavailable {
		return false
	}
	message, _ := lookup(a.body, "error.message")
	text, _ := message.(string)
	return strings.Contains(strings.ToLower(text), "loading")
}
