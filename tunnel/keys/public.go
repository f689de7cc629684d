package keys

import "strings"

// PublicPath is a path as logs and Observe may see it, before it is known to be one of ours:
// without the key, also where somebody put one into the wrong place.
func PublicPath(path string) string {
	path, _ = cutPathKey(path)
	for i := range max(0, len(path)-len(keyStart)+1) {
		if strings.EqualFold(path[i:i+len(keyStart)], keyStart) { // as formed takes it
			return path[:i] + "…"
		}
	}
	return path
}
