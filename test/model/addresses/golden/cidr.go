// Prints how Go's net package, with which Calico reads addresses, takes each text of its input. Run by hand: `go run cidr.go > cidr.json`.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
)

var addresses = []string{
	"0.0.0.0", "10.0.0.0", "10.1.2.3", "255.255.255.255", "256.0.0.1", "010.0.0.1", "10.0.0.01", "10.0.0", "10", "1.2.3.4.5",
	"0x0a.0.0.1", "1e1.0.0.1", " 10.0.0.1", "10.0.0.1 ", "10.0.0.+1", "10.0.0.-1", "10..0.1", "", "::", "::1", "fd00::", "FD00::A",
	"fe80::1%eth0", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
	"1:2:3:4:5:6:7::8", "1::2::3", ":::", ":1::", "1:", "1:2:3:4:5:6:7:", "00001::", "12345::", "g::", "1:0:0:2:0:0:0:3",
	"1:0:0:2:0:0:3:4", "1:0:2:3:4:5:6:7", "0:0:1::", "::1.2.3.4", "64:ff9b::192.0.2.1", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:1.2.3.4",
	"::1.2.3.04", "1.2.3.4::", "::1.2.3.4:5", "::ffff:10.1.2.3", "::ffff:a01:203", "::FFFF:10.1.2.3", "::fffe:10.1.2.3", "0:0:0:0:0:ffff:0:0",
}

var prefixes = []string{
	"0", "1", "8", "08", "008", "16", "24", "31", "32", "33", "64", "90", "95", "96", "104", "112", "127", "128", "129", "-1", "+8", " 8",
	"8 ", "8/8", "", "x", "0x8", "99999999999",
}

type reading struct {
	Text    string  `json:"text"`
	Network *string `json:"network"`
}

func main() {
	ips := []reading{}
	cidrs := []reading{}
	for _, a := range addresses {
		var ip *string
		if parsed := net.ParseIP(a); parsed != nil {
			text := parsed.String()
			ip = &text
		}
		ips = append(ips, reading{a, ip})
		for _, p := range prefixes {
			text := a + "/" + p
			var network *string
			if _, parsed, err := net.ParseCIDR(text); err == nil {
				canonical := parsed.String()
				network = &canonical
			}
			cidrs = append(cidrs, reading{text, network})
		}
	}
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(map[string][]reading{"ips": ips, "cidrs": cidrs}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
