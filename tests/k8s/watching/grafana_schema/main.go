// Reads dashboards by Grafana's own schema: a field that it does not know, or one of another kind, is named. It ends with 1
// if there is any.
package main

import (
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	plugins.RegisterDefaultPlugins()
	wrong := false
	for _, path := range os.Args[1:] {
		for _, problem := range problems(path) {
			fmt.Printf("%s: %s\n", path, problem)
			wrong = true
		}
	}
	if wrong {
		os.Exit(1)
	}
}

func problems(path string) (found []error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return []error{err}
	}
	read := dashboard.Dashboard{}
	unread := read.UnmarshalJSONStrict(text)
	for _, err := range []error{unread, read.Validate()} {
		if err != nil && err.Error() != "" { // a list without an error is none
			found = append(found, err)
		}
	}
	return found
}
