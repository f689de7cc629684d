package keys

import "strings"

// PublicPath is a path as logs and Observe may see it, before it is known to be one of ours:
// without the key, also where somebody put one into the wrong place.
func PublicPath(path string) string {
	path, _ = cutPathKey(path)
	for at := 0; ; at++ {
		rest := fromMark(path[at:])
		if rest == "" {
			return path
		}
		at = len(path) - len(rest)
		if strings.EqualFold(rest[:len(keyStart)], keyStart) { // as formed takes it
			return path[:at] + "…"
		}
	}
}
