package bench

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
)

// relay is what costs least: it passes on bytes, whatever is in them.
func relay(l net.Listener, server string) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer client.Close()
			up, err := net.Dial("tcp", server)
			if err != nil {
				return
			}
			defer up.Close()
			go func() {
				_, _ = io.Copy(up.(*net.TCPConn), client)
				_ = up.(*net.TCPConn).CloseWrite()
			}()
			_, _ = io.Copy(client.(*net.TCPConn), up)
		}()
	}
}

// plainKey is the key of all that have none of their own.
const plainKey = "mb_AAAAAAAAAAAAAAAAAAAAAA"

// plainProxy is what one would write first: it checks the key, sets CORS and passes on.
func plainProxy(server string) http.Handler {
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: server}) },
		FlushInterval: -1,
		ErrorLog:      log.New(io.Discard, "", 0),
		Transport:     &http.Transport{MaxIdleConnsPerHost: idleConns, DisableCompression: true},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		if r.Header.Get("Authorization") != "Bearer "+plainKey {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		proxy.ServeHTTP(w, r)
	})
}

// idleConns is how many connections to the server every proxy may keep.
const idleConns = 64
