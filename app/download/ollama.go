package download

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// kindOllama and kindLMStudio are the kinds of servers that can get models.
const (
	kindOllama   = "ollama"
	kindLMStudio = "lmstudio"
)

const (
	// longestLine bounds one line of what a server tells. Ollama's have about 200 bytes.
	longestLine = 64 << 10
	// answersWithin bounds the wait for the first line, which comes before Ollama asks anybody else.
	answersWithin = 30 * time.Second
)

// line is one line of the answer to POST /api/pull (https://docs.ollama.com/api/pull).
type line struct {
	Status    string `json:"status"`
	Digest    string `json:"digest"` // of the layer that Total and Completed are about
	Total     int64  `json:"total"`
	Completed int64  `json:"completed"`
	Error     string `json:"error"`
}

// source gets a model and calls tell with each line, until the model is there, ctx ends or it fails.
type source func(ctx context.Context, tell func(line) error) error

// refusal is an error that a server has put into words.
type refusal string

func (r refusal) Error() string { return string(r) }

// errGone says that the server does not answer any more, and errNonsense that it says what makes no sense.
var (
	errGone     = errors.New("the server does not answer")
	errNonsense = errors.New("the answer makes no sense")
)

// direct is for servers on this computer: no proxy, and no redirect, for a POST would lead somewhere else.
var direct = &http.Client{
	Transport: &http.Transport{
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		ResponseHeaderTimeout: answersWithin, DisableKeepAlives: true, DisableCompression: true,
	},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// pull is the source of an Ollama. To ask for the same model again goes on where it stopped.
func pull(s Server, model string) source {
	return func(ctx context.Context, tell func(line) error) error {
		resp, err := askToPull(ctx, s, model)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return refused(resp)
		}
		return readLines(resp.Body, tell)
	}
}

func askToPull(ctx context.Context, s Server, model string) (*http.Response, error) {
	host, _, _ := strings.Cut(model, "/")
	// Ollama speaks https to registries. One on this computer has no certificate, and nobody in between.
	body, err := json.Marshal(map[string]any{"model": model, "insecure": onLoopback(host)})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL.JoinPath("/api/pull").String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Modelbeam")
	if s.Key != "" {
		req.Header.Set("Authorization", "Bearer "+s.Key)
	}
	resp, err := direct.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errGone, err)
	}
	return resp, nil
}

// onLoopback says that a registry's host, with or without a port, is this computer.
func onLoopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	ip := net.ParseIP(name)
	return strings.EqualFold(name, "localhost") || ip != nil && ip.IsLoopback()
}

// refused reads the error of an answer that is no stream.
func refused(resp *http.Response) error {
	text, _ := io.ReadAll(io.LimitReader(resp.Body, longestLine))
	var said line
	if json.Unmarshal(text, &said) == nil && said.Error != "" {
		return refusal(said.Error)
	}
	return fmt.Errorf("%w: %s", errNonsense, resp.Status)
}

// readLines reads the stream of an answer to its end, where "success" must have come.
func readLines(r io.Reader, tell func(line) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 4<<10), longestLine)
	success := false
	for lines.Scan() {
		var said line
		if text := bytes.TrimSpace(lines.Bytes()); len(text) > 0 { // an empty one counts as a line without anything new
			if err := json.Unmarshal(text, &said); err != nil {
				return fmt.Errorf("%w: %w", errNonsense, err)
			}
		}
		if said.Error != "" {
			return refusal(said.Error)
		}
		if err := tell(said); err != nil {
			return err
		}
		success = success || said.Status == "success"
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("%w: %w", errNonsense, err)
	case success:
		return nil
	case err != nil:
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return fmt.Errorf("%w: %w", errGone, io.ErrUnexpectedEOF)
}
