package vicinity

import "os"

// countTraffic reads the counters of the network namespace, proc_net(5). They are there without rights.
func countTraffic() Traffic {
	snmp, _ := os.ReadFile("/proc/net/snmp") // unreadable: nothing is counted
	netstat, _ := os.ReadFile("/proc/net/netstat")
	return parseCounters(string(snmp) + "\n" + string(netstat))
}
