resource lake 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'stcontosolake'
  location: 'westeurope'
  kind: 'StorageV2'
  sku: { name: 'Standard_LRS' }
  properties: {
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      defaultAction: 'Deny'
      virtualNetworkRules: [
        { id: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso/providers/Microsoft.Network/virtualNetworks/vnet-contoso/subnets/apps' }
      ]
    }
  }
}

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: 'kv-contoso-app'
  location: 'westeurope'
  properties: {
    tenantId: '00000000-0000-0000-0000-000000000000'
    sku: { family: 'A', name: 'standard' }
    publicNetworkAccess: 'Disabled'
    accessPolicies: []
  }
}

resource search 'Microsoft.Search/searchServices@2023-11-01' = {
  name: 'srch-contoso'
  location: 'westeurope'
  sku: { name: 'standard' }
  properties: { publicNetworkAccess: 'disabled' }
}

resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub-contoso-private'
  location: 'westeurope'
  kind: 'Hub'
  properties: {
    publicNetworkAccess: 'Disabled'
    managedNetwork: {
      isolationMode: 'AllowOnlyApprovedOutbound'
      outboundRules: {
        'lake-blob': {
          type: 'PrivateEndpoint'
          destination: {
            serviceResourceId: lake.id
            subresourceTarget: 'blob'
            sparkEnabled: false
          }
        }
        'lake-copy': {
          type: 'PrivateEndpoint'
          destination: {
            serviceResourceId: lake.id
            subresourceTarget: 'blob'
            sparkEnabled: false
          }
        }
        vault: {
          type: 'PrivateEndpoint'
          destination: {
            serviceResourceId: vault.id
            subresourceTarget: 'secrets'
            sparkEnabled: false
          }
        }
      }
    }
  }
}

var moreTargets = [
  { name: 'search', id: search.id, subresource: 'searchService' }
  {
    name: 'machine'
    id: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso/providers/Microsoft.Compute/virtualMachines/vm-contoso'
    subresource: 'rdp'
  }
  { name: 'elsewhere', id: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-contoso/providers/Microsoft.Sql/servers/sql-fabrikam', subresource: 'sqlServer' }
]

resource more 'Microsoft.MachineLearningServices/workspaces/outboundRules@2024-10-01' = [for target in moreTargets: {
  parent: hub
  name: target.name
  properties: {
    type: 'PrivateEndpoint'
    destination: {
      serviceResourceId: target.id
      subresourceTarget: target.subresource
      sparkEnabled: false
    }
  }
}]
