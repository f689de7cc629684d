package tunnel

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

const quickTokens = 5

// quickChat is a server that answers at once, before it has read the request to its end.
func quickChat(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	control := http.NewResponseController(w)
	for range quickTokens {
		_, _ = io.WriteString(w, "data: {\"choices\":[{\"delta\":{\"content\":\"token\"}}]}\n\n")
		_ = control.Flush()
	}
	_, _ = io.WriteString(w, "data: [DONE]\n\n")
	_, _ = io.Copy(io.Discard, r.Body)
}

// losses are requests that did not get their whole answer.
type losses struct {
	count int
	first error
}

// hammer sends total chats, so many at once, and counts the lost ones.
func hammer(ctx context.Context, base string, total, atOnce int) losses {
	transport := &http.Transport{MaxIdleConnsPerHost: atOnce, DisableCompression: true}
	defer transport.CloseIdleConnections()
	var next atomic.Int64
	var mu sync.Mutex
	var lost losses
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for next.Add(1) <= int64(total) {
				if err := quickRequest(ctx, transport, base); err != nil {
					mu.Lock()
					lost.count++
					if lost.first == nil {
						lost.first = err
					}
					mu.Unlock()
				}
			}
		})
	}
	workers.Wait()
	return lost
}

// longChat is a chat with some history: longer than the buffers of net/http, so that a server can
// have begun to answer before the last part has left the proxy.
var longChat = strings.Replace(chat("tiny"), "hi", strings.Repeat("history ", 2<<10), 1)

// quickRequest has a new body every time: what is reused is sent again by the transport when a
// connection fails, which would hide losses.
func quickRequest(ctx context.Context, rt http.RoundTripper, base string) error {
	body := io.MultiReader(strings.NewReader(longChat))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/v1/chat/completions", body)
	if err != nil {
		return err
	}
	req.ContentLength = int64(len(longChat))
	req.Header.Set("Authorization", "Bearer "+testKey)
	req.Header.Set("Content-Type", "application/json")
	res, err := rt.RoundTrip(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if n := strings.Count(string(answer), "token"); res.StatusCode != http.StatusOK || n != quickTokens || !strings.Contains(string(answer), "[DONE]") {
		return fmt.Errorf("status %d with %d of %d tokens: %.200s", res.StatusCode, n, quickTokens, answer)
	}
	return nil
}
