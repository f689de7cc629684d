package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// libraryHost is where every Ollama gets models from that have no host in their names.
const libraryHost = "registry.ollama.ai"

// startLibrary is a registry in the place of Ollama's own, for an Ollama on a machine that has no other way out: what
// it returns of an environment sends all there, and makes its certificate one to trust. So a person can press what the
// window offers, and nothing leaves the machine.
func startLibrary(t *testing.T, m *machine) (r *registry, env []string) {
	t.Helper()
	return startLibraryAt(t, m, "127.0.0.1", "localhost")
}

// startLibraryAt has the library at an address of the machine. What is in it is at another name of that.
func startLibraryAt(t *testing.T, m *machine, address, name string) (r *registry, env []string) {
	t.Helper()
	certificate, file := certificateFor(t, libraryHost)
	r = newRegistry()
	r.elsewhere = name
	inside := &tunnels{opened: make(chan net.Conn), closed: make(chan struct{})}
	behind := &httptest.Server{Listener: tls.NewListener(inside, &tls.Config{Certificates: []tls.Certificate{certificate}}), Config: &http.Server{
		ReadHeaderTimeout: patience, Handler: r.handler(),
	}}
	behind.Start()
	t.Cleanup(behind.Close)
	r.Server = &httptest.Server{Listener: m.listenAt(t, address+":0"), Config: &http.Server{
		ReadHeaderTimeout: patience, Handler: inside.before(r.handler()),
	}}
	r.Start()
	t.Cleanup(r.end)
	r.host = strings.TrimPrefix(r.URL, "http://")
	return r, []string{"HTTPS_PROXY=" + r.URL, "NO_PROXY=localhost,127.0.0.1," + name, "SSL_CERT_FILE=" + file}
}

// tunnels are connections through a proxy, which all end in the same place.
type tunnels struct {
	opened chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// before lets those through that ask a proxy for a tunnel, and all others to next.
func (l *tunnels) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			next.ServeHTTP(w, r)
			return
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		if _, err := conn.Write([]byte("HTTP/1.1 200 OK\r\n\r\n")); err != nil {
			conn.Close()
			return
		}
		select {
		case l.opened <- conn:
		case <-l.closed:
			conn.Close()
		}
	})
}

func (l *tunnels) Accept() (net.Conn, error) {
	select {
	case conn := <-l.opened:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *tunnels) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *tunnels) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// certificateFor makes one for a host, and the file that has an Ollama trust it.
func certificateFor(t *testing.T, host string) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "library.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, file
}
