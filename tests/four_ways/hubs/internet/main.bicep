var lake = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso/providers/Microsoft.Storage/storageAccounts/stcontosolake'

resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub-contoso-web'
  location: 'westeurope'
  kind: 'Hub'
  identity: {
    type: 'SystemAssigned'
  }
  properties: {
    publicNetworkAccess: 'Disabled'
    managedNetwork: {
      isolationMode: 'AllowInternetOutbound'
      outboundRules: {
        lake: {
          type: 'PrivateEndpoint'
          destination: {
            serviceResourceId: lake
            subresourceTarget: 'dfs'
            sparkEnabled: false
          }
        }
        weather: {
          type: 'FQDN'
          destination: 'api.fabrikam.example'
        }
        monitor: {
          type: 'ServiceTag'
          destination: {
            serviceTag: 'AzureMonitor'
            protocol: 'TCP'
            portRanges: '443'
          }
        }
      }
    }
  }
}
