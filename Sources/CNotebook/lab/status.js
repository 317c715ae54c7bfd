// A prebuilt extension of JupyterLab, written as the module federation of webpack wants it, without webpack:
// an item in the status bar that says whether what was saved is in the project's store.
(() => {
  let shared = {};

  const load = async (name) => {
    const versions = Object.values(shared[name] ?? {});
    if (versions.length === 0) throw new Error(`JupyterLab shares no ${name}`);
    return (await versions[0].get())();
  };

  const clock = (seconds) =>
    new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

  const show = (node, status) => {
    const texts = {
      kept: status.last ? `Kept in the store ${clock(status.last)}` : "Kept in the store",
      keeping: "Being kept in the store",
      behind: "Not in the store yet",
    };
    const large = status.tooLarge.length > 0 ? `\nToo large to be kept: ${status.tooLarge.join(", ")}` : "";
    const text = status.tooLarge.length > 0 && status.state === "kept" ? "Too large for the store" : texts[status.state];
    const isWrong = status.state === "behind" || status.tooLarge.length > 0;
    if (node.textContent !== text) node.textContent = text;
    node.title = (status.problem ? `Saved here; the store refused: ${status.problem}` : status.place) + large;
    node.style.color = isWrong ? "var(--jp-error-color1)" : "";
    node.style.fontWeight = isWrong ? "bold" : "";
  };

  const follow = async (node) => {
    for (;;) {
      try {
        const answer = await fetch("/cordon/kept?no_track_activity=1", { cache: "no-store" });
        if (answer.ok) show(node, await answer.json());
      } catch {
        node.textContent = "";
      }
      await new Promise((next) => setTimeout(next, document.hidden ? 60000 : 5000));
    }
  };

  const plugin = (IStatusBar, Widget) => ({
    id: "cordon-notebook:kept",
    autoStart: true,
    requires: [IStatusBar],
    activate: (app, statusBar) => {
      const item = new Widget();
      item.id = "cordon-kept";
      item.addClass("jp-StatusBar-TextItem");
      item.node.setAttribute("role", "status");
      statusBar.registerStatusItem("cordon-notebook:kept", { item, align: "right", rank: 0 });
      follow(item.node);
    },
  });

  (window._JUPYTERLAB ??= {})["cordon-notebook"] = {
    init: (scope) => { shared = scope; },
    get: async () => {
      const [{ IStatusBar }, { Widget }] = [await load("@jupyterlab/statusbar"), await load("@lumino/widgets")];
      return () => ({ __esModule: true, default: plugin(IStatusBar, Widget) });
    },
  };
})();
