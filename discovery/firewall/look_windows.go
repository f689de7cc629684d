package firewall

import (
	"context"
	"net"
	"strings"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// Where Windows keeps the settings of its firewall, and what administrators have laid down for many computers. Everybody
// may read both. The machine's own settings for private networks are "standard" ones; administrators' have both names.
const (
	ownPolicy    = `SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy`
	groupPolicy  = `SOFTWARE\Policies\Microsoft\WindowsFirewall`
	rulesKey     = `\FirewallRules`
	networkList  = `SOFTWARE\Microsoft\Windows NT\CurrentVersion\NetworkList`
	profilesKey  = networkList + `\Profiles`
	signatureKey = networkList + `\Signatures\`
)

// look reads the registry. A security program of somebody else's switches this firewall off, and is not seen.
func look(ctx context.Context, p Program) []Finding {
	if ctx.Err() != nil || numbers(ownPolicy+`\StandardProfile`) == nil {
		return nil // no such firewall
	}
	network := current(savedNetworks(), p.RouterMAC)
	f := readPolicy().finding(network.category, p)
	f.Network = network.name
	return []Finding{f}
}

func expanded(path string) string {
	if full, err := registry.ExpandString(path); err == nil {
		return full
	}
	return path
}

func readPolicy() windowsPolicy {
	w := windowsPolicy{
		expand: expanded, profiles: make(map[category]windowsProfile), own: rules(ownPolicy), group: rules(groupPolicy),
	}
	var err error
	if w.system, err = windows.GetSystemDirectory(); err != nil {
		w.system = `C:\Windows\System32`
	}
	for c, name := range map[category]string{private: "StandardProfile", public: "PublicProfile", domain: "DomainProfile"} {
		group := numbers(groupPolicy + `\` + name)
		if newer := numbers(groupPolicy + `\PrivateProfile`); c == private && newer != nil {
			group = newer
		}
		w.profiles[c] = profileOf(group, numbers(ownPolicy+`\`+name))
	}
	return w
}

// rules are all that are below a key, whatever is in them.
func rules(policy string) (all []windowsRule) {
	for _, text := range values(policy+rulesKey, registry.Key.GetStringValue) {
		all = append(all, parseWindowsRule(text))
	}
	return all
}

// numbers are those of a key, by their names; nil where there is no such key.
func numbers(path string) map[string]uint64 { return values(path, registry.Key.GetIntegerValue) }

// values are those of a key, by their names, that are of the kind which read reads.
func values[T any](path string, read func(registry.Key, string) (T, uint32, error)) map[string]T {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, path, registry.QUERY_VALUE)
	if err != nil {
		return nil
	}
	defer key.Close()
	names, _ := key.ReadValueNames(0) // those that can be read
	all := make(map[string]T, len(names))
	for _, name := range names {
		if value, _, err := read(key, name); err == nil {
			all[name] = value
		}
	}
	return all
}

// savedNetworks are those that Windows remembers. Which category a network has is only told by a COM object else, and
// that reads the same place.
func savedNetworks() (list []savedNetwork) {
	routers := make(map[string]string) // by the ID of the profile
	for _, kind := range []string{"Unmanaged", "Managed"} {
		for _, id := range below(signatureKey + kind) {
			texts := values(signatureKey+kind+`\`+id, registry.Key.GetStringValue)
			bytes := values(signatureKey+kind+`\`+id, registry.Key.GetBinaryValue)
			routers[strings.ToUpper(texts["ProfileGuid"])] = macText(bytes["DefaultGatewayMac"])
		}
	}
	for _, id := range below(profilesKey) {
		numbers := numbers(profilesKey + `\` + id)
		if _, found := numbers["Category"]; !found {
			continue
		}
		list = append(list, savedNetwork{
			name:     values(profilesKey+`\`+id, registry.Key.GetStringValue)["ProfileName"],
			category: categoryOf(numbers["Category"]),
			router:   routers[strings.ToUpper(id)],
			last:     systemTime(values(profilesKey+`\`+id, registry.Key.GetBinaryValue)["DateLastConnected"]),
		})
	}
	return list
}

// below are the names of a key's keys.
func below(path string) []string {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, path, registry.ENUMERATE_SUB_KEYS)
	if err != nil {
		return nil
	}
	defer key.Close()
	names, _ := key.ReadSubKeyNames(0) // those that can be read
	return names
}

// categoryOf reads the numbers of NLM_NETWORK_CATEGORY in netlistmgr.h.
func categoryOf(n uint64) category {
	return map[uint64]category{0: public, 1: private, 2: domain}[n]
}

func macText(b []byte) string { return net.HardwareAddr(b).String() }
