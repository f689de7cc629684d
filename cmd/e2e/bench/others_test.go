package bench

import (
	"fmt"
	"os"
	"path/filepath"
)

// nginxConfig is what a careful person writes for this job.
const nginxConfig = `
worker_processes auto;
worker_rlimit_nofile 16384;
pid %[1]s/nginx.pid;
error_log %[1]s/error.log crit;
events { worker_connections 8192; }
http {
	access_log off;
	tcp_nodelay on;
	keepalive_requests 1000000;
	client_max_body_size 64m;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	map $http_authorization $known { default 0; "Bearer %[4]s" 1; }
	upstream llm {
		server %[3]s;
		keepalive %[5]d;
		keepalive_requests 1000000;
	}
	server {
		listen %[2]s backlog=4096;
		location / {
			if ($known = 0) { return 401; }
			proxy_pass http://llm;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_set_header Authorization "";
			proxy_buffering off;
			proxy_read_timeout 1h;
			add_header Access-Control-Allow-Origin * always;
		}
	}
}
`

func startNginx(server string) (*program, error) {
	return startOther("nginx", "nginx.conf", func(dir, address string) string {
		return fmt.Sprintf(nginxConfig, dir, address, server, plainKey, idleConns)
	}, func(config string) []string {
		return []string{"-p", filepath.Dir(config), "-c", config, "-g", "daemon off;"}
	})
}

const caddyConfig = `
{
	admin off
	auto_https off
	log {
		output discard
	}
	servers {
		protocols h1
	}
}
http://%[1]s {
	bind 127.0.0.1
	@stranger not header Authorization "Bearer %[3]s"
	respond @stranger 401
	request_body {
		max_size 64MB
	}
	header Access-Control-Allow-Origin *
	reverse_proxy %[2]s {
		header_up -Authorization
		flush_interval -1
		transport http {
			versions 1.1
			compression off
			keepalive_idle_conns_per_host %[4]d
		}
	}
}
`

func startCaddy(server string) (*program, error) {
	return startOther("caddy", "Caddyfile", func(_, address string) string {
		return fmt.Sprintf(caddyConfig, address, server, plainKey, idleConns)
	}, func(config string) []string { return []string{"run", "--adapter", "caddyfile", "--config", config} })
}

// startOther starts a program of others with a configuration in a folder of its own.
func startOther(name, file string, config func(dir, address string) string, args func(config string) []string) (*program, error) {
	path, err := find(name)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "modelbeam-bench-")
	if err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	// The workers of an nginx that root starts are somebody else.
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	at := filepath.Join(dir, file)
	if err := os.WriteFile(at, []byte(config(dir, address)), 0o644); err != nil {
		return nil, err
	}
	p, err := startProgram(path, args(at), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_DATA_HOME="+dir)
	if err != nil {
		return nil, err
	}
	p.address, p.key = address, plainKey
	p.onStop = func() { _ = os.RemoveAll(dir) }
	return p, p.awaitOpen()
}
