resource search 'Microsoft.Search/searchServices@2023-11-01' existing = {
  name: 'srch-contoso'
}

resource hub 'Microsoft.MachineLearningServices/workspaces@2024-10-01' = {
  name: 'hub-contoso-connect'
  location: 'westeurope'
  kind: 'Hub'
  properties: {
    publicNetworkAccess: 'Disabled'
    managedNetwork: {
      isolationMode: 'AllowOnlyApprovedOutbound'
      outboundRules: {
        search: {
          type: 'PrivateEndpoint'
          destination: {
            serviceResourceId: search.id
            subresourceTarget: 'searchService'
            sparkEnabled: false
          }
        }
      }
    }
    provisionNetworkNow: true
  }

  resource toSearch 'connections' = {
    name: 'search'
    properties: {
      category: 'CognitiveSearch'
      authType: 'AAD'
      target: 'https://srch-contoso.search.windows.net'
      metadata: {
        ResourceId: search.id
      }
    }
  }
}

resource openai 'Microsoft.MachineLearningServices/workspaces/connections@2024-10-01' = {
  parent: hub
  name: 'openai'
  properties: {
    category: 'AzureOpenAI'
    authType: 'AAD'
    target: 'https://oai-contoso.openai.azure.com'
    metadata: {
      ResourceId: 'oai-contoso'
    }
  }
}
