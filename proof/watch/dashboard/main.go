// Command dashboard reads a dashboard of Grafana on its standard input, strictly by the schemas that Grafana publishes
// (github.com/grafana/grafana-foundation-sdk, Apache-2.0), and checks the constraints of these. What it does not know is an
// error, as is a value of another type.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/prometheus"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// some is nil for a list of errors without one, which the package returns for what is right.
func some(err error) error {
	var list cog.BuildErrors
	if errors.As(err, &list) && len(list) == 0 {
		return nil
	}
	return err
}

func check() (int, error) {
	cog.NewRuntime().RegisterDataqueryVariant(prometheus.VariantConfig())
	cog.NewRuntime().RegisterPanelcfgVariant(timeseries.VariantConfig())
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		return 0, err
	}
	var read dashboard.Dashboard
	if err := some(read.UnmarshalJSONStrict(text)); err != nil {
		return 0, err
	}
	return len(read.Panels), some(read.Validate())
}

func main() {
	panels, err := check()
	if err != nil || panels == 0 {
		fmt.Fprintln(os.Stderr, panels, "panels:", err)
		os.Exit(1)
	}
	fmt.Println(panels, "panels")
}
