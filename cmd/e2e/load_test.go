package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"modelbeam/cmd/e2e/load"
)

// startLoad starts a server of load.
func startLoad(t *testing.T, after load.After) *load.Server {
	t.Helper()
	s, err := load.Start(after)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// askWhole asks a model of load, and fails unless all of the answer has come. Each piece is told to piece.
func askWhole(client *load.Client, question []byte, model string, piece func([]byte)) error {
	a, err := client.Ask(question, piece)
	if err != nil {
		return err
	}
	return a.Whole(load.Pieces[model])
}

func assertNoneLost(t *testing.T, errs []error) {
	t.Helper()
	lost := 0
	var first error
	for _, err := range errs {
		if err != nil {
			if lost++; first == nil {
				first = err
			}
		}
	}
	if lost > 0 {
		t.Errorf("%d of %d answers were lost, the first by: %v", lost, len(errs), first)
	}
}

// loadRequest is a chat with a model of load.
func loadRequest(address, key, model string) []byte {
	body := fmt.Sprintf(`{"model":%q,"stream":true,"messages":[{"role":"user","content":"hi"}]}`, model)
	return fmt.Appendf(nil, "POST /v1/chat/completions HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n"+
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", address, key, len(body), body)
}

// writeDevices makes a state folder with so many devices and returns their keys: to pair them all
// would take minutes.
func writeDevices(t *testing.T, state string, n int) (keys []string) {
	t.Helper()
	var list []map[string]any
	for i := range n {
		key := fmt.Sprintf("mb_%022d", i)
		hash := sha256.Sum256([]byte(key))
		list = append(list, map[string]any{
			"id": fmt.Sprintf("%08x", i+1), "name": fmt.Sprintf("phone %d", i),
			"hash": hex.EncodeToString(hash[:]), "paired": time.Now().UTC(),
		})
		keys = append(keys, key)
	}
	text, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(state, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(state, "devices.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return keys
}
