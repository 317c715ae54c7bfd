public import CordonModel
import CordonPolicy

/// What the portal may ask of Chromium: the only methods that exist for it, in one place.
///
/// A person's message never becomes a method or a parameter's name. Methods that read what pages hold, grant permissions or run
/// text as script (`Network.getResponseBody`, `Browser.grantPermissions`, `Runtime.evaluate`) have no case here, so nothing can
/// send them. Those that carry a file out or in take a licence, which there is only where the session's rules open that way.
/// What runs in a page is a `PageFunction` of the portal's own; a person's text is an argument of it and never its source.
/// Chrome DevTools Protocol, version 1.3.
public enum DevToolsCommand: Sendable, Equatable {
  /// Product and protocol version.
  case version
  /// Ends the browser.
  case closeBrowser
  /// Downloads are refused and reported: the attempt becomes a record.
  case denyDownloads
  /// Downloads go into the memory of the browser's own sandbox, each under a number, and are told of.
  case catchDownloads(DownloadLicence)
  /// Ends a download.
  case cancelDownload(String)
  /// A page's file chooser is told of instead of opened.
  case interceptFileChooser(UploadLicence)
  /// Gives a page's field a file of the sandbox.
  case setFile(String, of: Int, UploadLicence)
  /// Makes a document of a page; the result names a stream.
  case printPage(PrintLicence)
  /// Reads on in such a stream.
  case readStream(String, PrintLicence)
  /// Lets go of it.
  case closeStream(String, PrintLicence)
  /// Tell of pages that open and close.
  case discoverTargets
  /// Opens a page.
  case createTarget
  /// Speaks with a page over this pipe.
  case attach(target: String)
  /// Closes a page.
  case closeTarget(String)
  /// Switches a page's events on.
  case enablePage
  /// Opens an address; the portal has checked its scheme (a `chrome:` address may end the whole browser).
  case navigate(PageAddress)
  /// Opens one of the addresses that policy must refuse.
  case probe(PolicyProbe)
  /// One step back or forward in the page's history, by the entry's number.
  case navigateToEntry(Int)
  /// The page's history.
  case navigationHistory
  /// Loads the page again.
  case reload
  /// Ends the script that a page is at: one that never ends keeps its page from everything else, a reload included.
  case endScript
  /// Answers `alert`, `confirm` and `prompt`.
  case answerDialog(accept: Bool, text: String)
  /// Size of the window in CSS pixels, and how many device pixels each has.
  case setMetrics(width: Int, height: Int, scale: Double)
  /// Brings a page to the front, so that it is drawn.
  case bringToFront
  /// Starts frames.
  case startScreencast(quality: Int, width: Int, height: Int)
  /// Stops frames.
  case stopScreencast
  /// The frame was taken; the next may come.
  case acknowledgeFrame(Int)
  /// What the page's own world gets: style that makes native popups part of the page, and a `showPicker()` that asks for the portal's
  /// pickers. The text is the portal's own, never a page's or a person's.
  case addStartupStyle
  /// Script that draws in the page what Chromium would pick from in windows of its own.
  case addPicker
  /// Script that tells the pointer's shape and where text is typed, in a world that the page does not see.
  case addWatcher
  /// Script that finds the text which the spec hides, in the portal's own world. The patterns are in it as numbers.
  case addRedactor([Redaction])
  /// Script that keeps shadow roots open to it, and tells of them.
  case addRootTeller
  /// The function with which that script tells; after each navigation again, as contexts come and go.
  case addBinding
  /// The portal's world in a page's frame; its number is in the result.
  case isolatedWorld(frame: String)
  /// One of the portal's own functions, in the portal's own world.
  case call(PageFunction, world: Int)
  /// Mouse.
  case mouse(MouseInput)
  /// Wheel.
  case wheel(x: Double, y: Double, deltaX: Double, deltaY: Double, modifiers: Int)
  /// Keyboard.
  case key(KeyInput)
  /// Text that an input method has composed.
  case insertText(String)
  /// Text that an input method is composing.
  case compose(text: String, selectionStart: Int, selectionEnd: Int)
  /// Touch points.
  case touch(TouchInput)

  /// The method's name in the protocol.
  public var method: String {
    switch self {
    case .version: "Browser.getVersion"
    case .closeBrowser: "Browser.close"
    case .denyDownloads, .catchDownloads: "Browser.setDownloadBehavior"
    case .cancelDownload: "Browser.cancelDownload"
    case .interceptFileChooser: "Page.setInterceptFileChooserDialog"
    case .setFile: "DOM.setFileInputFiles"
    case .printPage: "Page.printToPDF"
    case .readStream: "IO.read"
    case .closeStream: "IO.close"
    case .discoverTargets: "Target.setDiscoverTargets"
    case .createTarget: "Target.createTarget"
    case .attach: "Target.attachToTarget"
    case .closeTarget: "Target.closeTarget"
    case .enablePage: "Page.enable"
    case .navigate, .probe: "Page.navigate"
    case .navigateToEntry: "Page.navigateToHistoryEntry"
    case .navigationHistory: "Page.getNavigationHistory"
    case .reload: "Page.reload"
    case .endScript: "Runtime.terminateExecution"
    case .answerDialog: "Page.handleJavaScriptDialog"
    case .setMetrics: "Emulation.setDeviceMetricsOverride"
    case .bringToFront: "Page.bringToFront"
    case .startScreencast: "Page.startScreencast"
    case .stopScreencast: "Page.stopScreencast"
    case .acknowledgeFrame: "Page.screencastFrameAck"
    case .addStartupStyle, .addPicker, .addWatcher, .addRedactor, .addRootTeller:
      "Page.addScriptToEvaluateOnNewDocument"
    case .addBinding: "Runtime.addBinding"
    case .isolatedWorld: "Page.createIsolatedWorld"
    case .call: "Runtime.callFunctionOn"
    case .mouse, .wheel: "Input.dispatchMouseEvent"
    case .key: "Input.dispatchKeyEvent"
    case .insertText: "Input.insertText"
    case .compose: "Input.imeSetComposition"
    case .touch: "Input.dispatchTouchEvent"
    }
  }

  /// The parameters, each name written here.
  var parameters: [(String, JSONValue)] {
    switch self {
    case .version, .closeBrowser, .enablePage, .navigationHistory, .reload, .endScript, .bringToFront,
      .stopScreencast:
      []
    case .denyDownloads: [("behavior", "deny"), ("eventsEnabled", true)]
    case .catchDownloads:
      [
        ("behavior", "allowAndName"), ("downloadPath", .string(BrowserProcess.downloads)),
        ("eventsEnabled", true),
      ]
    case .cancelDownload(let id): [("guid", .string(id))]
    case .interceptFileChooser: [("enabled", true)]
    case .setFile(let path, let node, _):
      [("files", .array([.string(path)])), ("backendNodeId", .number(node))]
    case .printPage: [("transferMode", "ReturnAsStream"), ("printBackground", true)]
    case .readStream(let stream, _): [("handle", .string(stream)), ("size", .number(1 << 20))]
    case .closeStream(let stream, _): [("handle", .string(stream))]
    case .discoverTargets: [("discover", true)]
    case .createTarget: [("url", "about:blank")]
    case .attach(let target): [("targetId", .string(target)), ("flatten", true)]
    case .closeTarget(let target): [("targetId", .string(target))]
    case .navigate(let address): [("url", .string(address.text))]
    case .probe(let probe): [("url", .string(probe.rawValue))]
    case .navigateToEntry(let entry): [("entryId", .number(entry))]
    case .answerDialog(let accept, let text):
      [("accept", JSONValue(.bool(accept))), ("promptText", .string(text))]
    case .setMetrics(let width, let height, let scale):
      [
        ("width", .number(width)), ("height", .number(height)), ("deviceScaleFactor", .number(scale)),
        ("mobile", false),
        // Without a viewport of its own the screencast would draw one pixel for each CSS pixel, whatever the scale.
        (
          "viewport",
          ["x": 0, "y": 0, "width": .number(width), "height": .number(height), "scale": 1]
        ),
      ]
    case .startScreencast(let quality, let width, let height):
      [
        ("format", "jpeg"), ("quality", .number(quality)), ("maxWidth", .number(width)),
        ("maxHeight", .number(height)), ("everyNthFrame", .number(1)),
      ]
    case .acknowledgeFrame(let number): [("sessionId", .number(number))]
    case .addStartupStyle:
      [("source", .string(PageStyle.script + PagePicker.opener)), ("runImmediately", true)]
    case .addPicker:
      [
        ("source", .string(PagePicker.script)), ("worldName", .string(PageWatcher.world)),
        ("runImmediately", true),
      ]
    case .addWatcher:
      [
        ("source", .string(PageWatcher.script)), ("worldName", .string(PageWatcher.world)),
        ("runImmediately", true),
      ]
    case .addRedactor(let redactions):
      [
        ("source", .string(PageRedactor.script(redactions))), ("worldName", .string(PageWatcher.world)),
        ("runImmediately", true),
      ]
    case .addRootTeller: [("source", .string(PageRedactor.rootTeller)), ("runImmediately", true)]
    case .addBinding:
      [("name", .string(PageWatcher.binding)), ("executionContextName", .string(PageWatcher.world))]
    case .isolatedWorld(let frame):
      [("frameId", .string(frame)), ("worldName", .string(PageWatcher.world))]
    case .call(let function, let world):
      [
        ("functionDeclaration", .string(function.source)), ("arguments", .array(function.arguments)),
        ("executionContextId", .number(world)), ("returnByValue", true), ("silent", true),
        ("awaitPromise", true),
      ]
    case .mouse(let input): input.parameters
    case .wheel(let x, let y, let deltaX, let deltaY, let modifiers):
      [
        ("type", "mouseWheel"), ("x", .number(x)), ("y", .number(y)), ("deltaX", .number(deltaX)),
        ("deltaY", .number(deltaY)), ("modifiers", .number(modifiers)),
      ]
    case .key(let input): input.parameters
    case .insertText(let text): [("text", .string(text))]
    case .compose(let text, let start, let end):
      [("text", .string(text)), ("selectionStart", .number(start)), ("selectionEnd", .number(end))]
    case .touch(let input): input.parameters
    }
  }

  /// The message as it goes into the pipe, without its NUL.
  func encoded(id: Int, session: String?) -> [UInt8] {
    var members: [(String, JSONValue)] = [
      ("id", .number(id)), ("method", .string(method)), ("params", .object(parameters)),
    ]
    if let session { members.append(("sessionId", .string(session))) }
    return Array(JSONValue.object(members).written(.canonical).utf8)
  }
}
