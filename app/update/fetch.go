package update

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"modelbeam/app/store"
)

const (
	// maxList and maxSignature bound what is read of the two, in bytes.
	maxList      = 256 << 10
	maxSignature = 4 << 10
	// fetchWithin is how long the list and its signature may take together.
	fetchWithin = 30 * time.Second
	// downloadWithin is how long a download may take: a server that sends a byte now and then would hold up all
	// that follows for ever.
	downloadWithin = 3 * time.Hour
	// quietFor is how long a download may stand still.
	quietFor = 30 * time.Second
)

// client follows redirects, as the release pages of others need, but never from https to http.
var client = &http.Client{CheckRedirect: func(r *http.Request, via []*http.Request) error {
	switch {
	case len(via) >= 5:
		return errors.New("too many redirects")
	case via[0].URL.Scheme == "https" && r.URL.Scheme != "https":
		return errors.New("redirected away from https")
	}
	return nil
}}

// published is a list as it came, with its signature.
type published struct{ list, signature []byte }

// fetchList gets the list and its signature, of which nothing is believed yet.
func fetchList(ctx context.Context, s Source) (p published, err error) {
	ctx, cancel := context.WithTimeout(ctx, fetchWithin)
	defer cancel()
	if p.list, err = fetch(ctx, s.Address, maxList); err != nil {
		return published{}, fmt.Errorf("get the list: %w", err)
	}
	if p.signature, err = fetch(ctx, s.Address+signed, maxSignature); err != nil {
		return published{}, fmt.Errorf("get the signature of the list: %w", err)
	}
	return p, nil
}

// What a list is called in a folder, and what its signature has behind that.
const (
	listName = "latest.json"
	signed   = ".minisig"
)

// keep writes the list to a folder, for the next start.
func (p published) keep(folder string) error {
	path := filepath.Join(folder, listName)
	return errors.Join(store.Write(path, p.list), store.Write(path+signed, p.signature))
}

// kept reads what keep has written.
func kept(folder string) (p published, err error) {
	path := filepath.Join(folder, listName)
	if p.list, err = os.ReadFile(path); err == nil {
		p.signature, err = os.ReadFile(path + signed)
	}
	return p, err
}

// fetch gets what is at an address, which may have at most that many bytes.
func fetch(ctx context.Context, address string, most int64) ([]byte, error) {
	resp, err := get(ctx, address)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("more than %d bytes", most)
	}
	return data, err
}

// get asks, and says nothing about who asks: not the version, not the system.
func get(ctx context.Context, address string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "Modelbeam")
	req.Header.Set("Accept-Encoding", "identity") // the sizes are those of the files
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("the answer is %s", resp.Status)
	}
	return resp, nil
}

// beside is the address of a file that is in the same folder as the list.
func beside(list, name string) (string, error) {
	u, err := url.Parse(list)
	if err != nil {
		return "", err
	}
	u.Path, u.RawPath, u.RawQuery = path.Join(path.Dir(u.Path), name), "", ""
	return u.String(), nil
}

// download gets a file of the list into a new one at path, which is left only if it is what the list says: its
// size and its hash. It reads no byte more than the list promised.
func download(ctx context.Context, s Source, f File, path string, mode os.FileMode) (err error) {
	address, err := beside(s.Address, f.Name)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	late := time.AfterFunc(downloadWithin, func() { cancel(errors.New("it came too slowly")) })
	defer late.Stop()
	stuck := time.AfterFunc(quietFor, func() { cancel(errors.New("nothing came for a while")) })
	defer stuck.Stop()
	resp, err := get(ctx, address)
	if err != nil {
		return fmt.Errorf("download %s: %w", f.Name, errors.Join(err, context.Cause(ctx)))
	}
	defer resp.Body.Close()
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("make room for %s: %w", f.Name, err)
	}
	defer func() {
		if err = errors.Join(err, out.Close()); err != nil {
			_ = os.Remove(path)
		}
	}()
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, hash, alive{stuck}), io.LimitReader(resp.Body, f.Size+1))
	switch sum := hex.EncodeToString(hash.Sum(nil)); {
	case err != nil:
		return fmt.Errorf("download %s: %w", f.Name, errors.Join(err, context.Cause(ctx)))
	case n != f.Size:
		return fmt.Errorf("%s was refused: it has not the %d bytes that the list says", f.Name, f.Size)
	case !strings.EqualFold(sum, f.SHA256):
		return fmt.Errorf("%s was refused: its SHA-256 is %s, and the list says %s", f.Name, sum, f.SHA256)
	}
	return out.Sync()
}

// alive is written to as long as something comes.
type alive struct{ stuck *time.Timer }

func (a alive) Write(p []byte) (int, error) {
	a.stuck.Reset(quietFor)
	return len(p), nil
}
