package llm

import (
	"slices"
	"strings"
)

// firstPort is below those that ordinary programs may listen on, on most systems.
const firstPort = 1024

// otherPorts belong to other services, which may write down, or take for an attack, that somebody
// speaks HTTP to them: databases, file and message services, debuggers.
var otherPorts = []int{
	1433, 1521, 1716, 1883, 2049, 2181, 2375, 2376, 3260, 3306, 3389, 4222, 4369, 5037, 5222, 5269, 5353,
	5354, 5355, 5432, 5433, 5671, 5672, 5900, 5901, 5938, 6000, 6010, 6379, 6443, 6881, 7070, 9042, 9092,
	9222, 9229, 9300, 11211, 17500, 22000, 25672, 27017, 33060,
}

// otherPrograms are names of processes that are no LLM servers whatever port they listen on. Linux
// keeps 15 characters of a name. Python, Node and Docker's proxy are not here: servers run in them.
var otherPrograms = []string{
	"avahi-daemon", "beam", "brave", "chrome", "chromium", "code", "containerd", "cupsd", "cups-browsed",
	"dnsmasq", "dockerd", "dropbox", "exim4", "firefox", "google chrome", "kdeconnectd", "mariadbd", "master",
	"mdnsresponder", "memcached", "modelbeam", "mongod", "msedge", "mysqld", "nmbd", "postgres", "rapportd",
	"redis-server", "rpc.statd", "rpcbind", "rustdesk", "safari", "sharingd", "slack", "smbd", "spotify", "sshd",
	"steam", "svchost", "syncthing", "systemd-resolve", "tailscaled", "teamviewerd", "transmission-da", "valkey-server",
	"zoom",
}

// isOther says that a program is known not to be an LLM server.
func isOther(program string) bool { return slices.Contains(otherPrograms, plainName(program)) }

// plainName is a process's name in lower case, without what only Windows adds.
func plainName(program string) string { return strings.TrimSuffix(strings.ToLower(program), ".exe") }
