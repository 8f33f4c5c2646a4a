resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub-fabrikam-core'
  location: 'westeurope'
  kind: 'Hub'
  properties: {
    publicNetworkAccess: 'Disabled'
    managedNetwork: {
      isolationMode: 'AllowOnlyApprovedOutbound'
    }
    provisionNetworkNow: true
  }
}

module rules 'rules.bicep' = {
  name: 'rules'
  params: {
    hubName: hub.name
    account: 'stfabrikam'
  }
}
