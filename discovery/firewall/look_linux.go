package firewall

import (
	"context"
	"os"
	"slices"
	"strings"
	"sync"
)

// look asks ufw and firewalld. What nftables or iptables have been told by others cannot be read without rights: that
// they are there at all is what is left to say.
func look(ctx context.Context, p Program) []Finding {
	var zones []Finding
	var asking sync.WaitGroup
	asking.Go(func() { zones = lookFirewalld(ctx, p) })
	found := lookUFW(os.DirFS("/"), p)
	asking.Wait()
	return slices.Concat(found, zones, lookRules())
}

// filters are the parts of the kernel that filter packets, where they are loaded as modules. They are loaded once for
// the whole machine, also by what only passes packets on, such as Docker.
var filters = []string{"nf_tables", "iptable_filter"}

func lookRules() []Finding {
	modules, _ := os.ReadFile("/proc/modules") // a kernel without modules has none to tell of
	for line := range strings.Lines(string(modules)) {
		name, _, _ := strings.Cut(line, " ")
		if slices.Contains(filters, name) {
			return []Finding{{Product: Other, Detail: name + " is loaded, its rules cannot be read"}}
		}
	}
	return nil
}
