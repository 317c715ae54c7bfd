import ArgumentParser
import CordonAWS
import CordonModel
import CordonSpec
import Foundation

/// Prices what would be deployed.
struct CostCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cost",
    abstract: "What a month of the deployment costs, line by line, with the page that states each price.",
    discussion: """
      Templates, plans or a folder of them; or a cordon.yaml, which is synthesised in memory:

        cordon cost build
        cordon cost cordon.yaml --use bucket-gb-month=200 --use log-gb=30

      A price is printed only where a page states it for the region. Everything else is listed as 'price unknown', and what is
      billed by use as open until --use or --usage says how much is assumed. The program's own table is replaced by --prices
      FILE; --show-prices prints it to start from.

      The total is the least that the month costs: taxes, discounts, free allowances and data transfer are not in it. The exit
      code is 0, also where prices are unknown, and 2 for a file that cannot be read.
      """)

  @Argument(help: "Templates, plans, a folder of them, or one environment file.", completion: .file())
  var files: [String] = ["cordon.yaml"]

  @Option(help: "A table of prices that takes the place of the program's own.", completion: .file())
  var prices: String?

  @Option(help: "A file that says how much of what is billed by use is assumed.", completion: .file())
  var usage: String?

  @Option(
    name: .customLong("use"),
    help: "NAME=AMOUNT a month, for each resource that has it: bucket-gb-month=200; or hours=200.")
  var uses: [String] = []

  @Option(help: "The region, where the files do not name it.")
  var region: String?

  @OptionGroup var account: AccountOption

  @Flag(help: "Print the program's own table of prices.")
  var showPrices = false

  @Option(help: "text, or json for scripts")
  var format = OutputFormat.text

  func run() throws {
    if showPrices { return print(PriceTable.published, terminator: "") }
    do {
      let estimate = try estimate()
      switch format {
      case .text: print(CostText(estimate).text, terminator: "")
      case .json: try Console.json(CostJSON(estimate))
      }
    } catch let errors as TemplateErrors {
      throw Failure("\(errors)")
    }
  }

  private func estimate() throws -> CostEstimate {
    let own = SourceFile(name: "the program's own prices", text: PriceTable.published)
    let table = try PriceTable(reading: try prices.map(ProveCommand.source) ?? own)
    var use = try usage.map { try AssumedUse(reading: try ProveCommand.source($0)) } ?? AssumedUse()
    for text in uses { try use.assume(text) }
    return try CostEstimate(try deployment(), prices: table, use: use, region: region)
  }

  private func deployment() throws -> CloudDeployment {
    let names = try files.flatMap(ProveCommand.expanded)
    guard let spec = try names.first(where: ProveCommand.isSpec) else {
      return try DeploymentReader.read(try names.map(ProveCommand.source))
    }
    guard names.count == 1 else {
      throw Failure("\(spec) is an environment file; price it alone, without templates beside it")
    }
    let read = try SpecFile.load(spec, account: account)
    let environment = read.environment
    let (_, templates) = try SynthCommand.templates(of: read, in: spec)
    var deployment = try DeploymentReader.read(templates.map { SourceFile(name: $0.name, text: $0.text) })
    deployment.region = environment.region.text
    return deployment
  }
}
