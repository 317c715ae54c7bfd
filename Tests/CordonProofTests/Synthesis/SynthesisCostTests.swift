import CordonAWS
import CordonModel
import Foundation
import Testing

@testable import CordonProof

@Suite struct `The price of the synthesised example` {
  @Test func `has a place for every resource, and cites a page for every figure`() throws {
    let deployment = try `Every control of the synthesised example, weakened alone,`.deployment()
    let table = try PriceTable(reading: SourceFile(name: "own", text: PriceTable.published))
    let estimate = try CostEstimate(deployment, prices: table)
    #expect(estimate.region == "eu-west-1")
    let named = Set(estimate.lines.map(\.resource))
      .union(estimate.open.flatMap(\.resources)).union(estimate.unknown.map(\.resource))
    let free = estimate.free.map(\.count).reduce(0, +)
    #expect(named.count + free == deployment.resources.count)
    let doors = deployment.resources.filter {
      $0.type == "AWS::EC2::VPCEndpoint" && $0.properties["VpcEndpointType"] == "Interface"
    }
    #expect(doors.count > 10)
    #expect(Set(estimate.lines.filter { $0.meter == .endpointHour }.map(\.resource)) == Set(doors.map(\.id)))
    // What a month costs at least: the doors, the way out, its address, the keys.
    let fixed: Set<CostMeter> = [
      .endpointHour, .natHour, .addressHour, .keyMonth, .zoneMonth, .firewallNameMonth, .firewallAdvancedHour,
    ]
    #expect(Set(estimate.lines.map(\.meter)) == fixed)
    #expect(estimate.byProject.map(\.name).contains("diagnosis"))
    let stacks = estimate.byStack.map(\.sum).reduce(.zero, +)
    let projects = estimate.byProject.map(\.sum).reduce(.zero, +)
    #expect(stacks == estimate.total && projects == estimate.total)
  }
}
