package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// household is a beam with its state: a phone that has paired, and a guest.
type household struct {
	path, state, address string
	key, guest           string
}

// newHousehold pairs with a beam as phones do, and ends it. What is measured is its service.
func newHousehold(path, server string) (*household, error) {
	state, err := os.MkdirTemp("", "modelbeam-bench-")
	if err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	h := &household{path: path, state: state, address: address}
	p, err := startProgram(path, append([]string{"--json"}, h.flags(server)...))
	if err != nil {
		return nil, err
	}
	defer p.stop()
	if h.key, err = pair(p, address); err != nil {
		return nil, err
	}
	h.guest, err = h.invite()
	return h, err
}

func (h *household) flags(server string) []string {
	return []string{"--state", h.state, "--listen", h.address, "--server", "http://" + server, "--no-scan", "--no-mdns", "--demo", "off"}
}

// pair takes the code that beam shows when it is ready, and returns the key that it is good for.
func pair(p *program, address string) (string, error) {
	var ready struct{ Event, Code string }
	for ready.Event != "ready" {
		line, err := p.stdout.ReadBytes('\n')
		if err != nil {
			return "", fmt.Errorf("wait for beam: %w", err)
		}
		if err := json.Unmarshal(line, &ready); err != nil {
			return "", err
		}
	}
	body := fmt.Sprintf(`{"code":%q,"device":{"name":"phone"}}`, ready.Code)
	res, err := http.Post("http://"+address+"/pair", "application/json", strings.NewReader(body))
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var paired struct{ Key string }
	if err := json.NewDecoder(res.Body).Decode(&paired); err != nil || paired.Key == "" {
		return "", fmt.Errorf("pair: %s: %w", res.Status, err)
	}
	return paired.Key, nil
}

// invite makes a guest and returns the key.
func (h *household) invite() (string, error) {
	out, err := exec.Command(h.path, "devices", "add", "guest", "--guest-requests", "1000000000", "--json", "--state", h.state).Output()
	if err != nil {
		return "", fmt.Errorf("invite a guest: %w", err)
	}
	var added struct{ Key string }
	err = json.NewDecoder(bytes.NewReader(out)).Decode(&added)
	return added.Key, err
}

// start starts the service and waits until the phone gets its models.
func (h *household) start(server string) (*program, error) {
	p, err := startProgram(h.path, append([]string{"service"}, h.flags(server)...), "DBUS_SESSION_BUS_ADDRESS=", profileVariable+"="+os.Getenv("PPROF"))
	if err != nil {
		return nil, err
	}
	p.address, p.key, p.guest = h.address, h.key, h.guest
	if err := p.awaitOpen(); err != nil {
		return nil, err
	}
	deadline := time.Now().Add(20 * time.Second)
	for !p.hasModels() {
		if time.Now().After(deadline) {
			p.stop()
			return nil, errors.New("beam shares no models")
		}
		time.Sleep(10 * time.Millisecond)
	}
	return p, nil
}

func (p *program) hasModels() bool {
	req, err := http.NewRequest(http.MethodGet, "http://"+p.address+"/v1/models/quick", nil)
	if err != nil {
		return false
	}
	req.Header.Set("Authorization", "Bearer "+p.key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// profileVariable names a folder to a beam that was built to write profiles: see buildBeam.
const profileVariable = "MODELBEAM_BENCH_PROFILES"

// buildBeam builds beam as people get it or, where it is to write profiles, with a file more.
func buildBeam(dir string, profiles bool) (string, error) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "beam")
	args := []string{"build", "-o", path}
	if profiles {
		overlay, err := overlayProfiles(root, dir)
		if err != nil {
			return "", err
		}
		args = append(args, "-overlay", overlay)
	}
	cmd := exec.Command("go", append(args, "./cmd/beam")...)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build beam: %w\n%s", err, out)
	}
	return path, nil
}

// overlayProfiles writes what go build is to be told, into dir: that among the files of beam, in the checkout at
// root, is the one that writes profiles.
func overlayProfiles(root, dir string) (path string, err error) {
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(root, "cmd/beam/profile.go"): filepath.Join(root, "cmd/e2e/bench/testdata/profile.go"),
	}})
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, text, 0o600)
}
